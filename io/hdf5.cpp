#include "io/hdf5.hpp"

#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {
namespace {

static_assert(std::is_same_v<hid_t, std::int64_t>, "the header stores HDF5's identifiers without including it");

/// An identifier that is closed by its own function, whatever happens.
class Handle {
public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

/// HDF5 would print its errors.
void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// What went wrong innermost: in words, and as the errno that HDF5 hides in them.
struct Failure {
    std::string text = "unknown reason";
    int error = 0;
};
Failure last_failure() {
    Failure failure;
    const auto visit = [](unsigned level, const H5E_error2_t* entry, void* to) -> herr_t {
        auto& found = *static_cast<Failure*>(to);
        if (level == 0) found.text = entry->desc;
        if (const char* at = std::strstr(entry->desc, "errno = ")) found.error = std::atoi(at + std::strlen("errno = "));
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, &failure);
    return failure;
}

[[noreturn]] void fail_write(const std::string& path, std::string_view what) {
    const Failure failure = last_failure();
    if (failure.error != 0) fail_to_write(path, failure.error);
    fail("{}: {} cannot be written: {}", path, what, failure.text);
}

Handle text_type() {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return {type, H5Tclose};
}

}  // namespace

H5Writer::H5Writer(std::string path) : path_(std::move(path)) {
    silence();
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    file_ = H5Fcreate(partial_name(path_).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (file_ < 0) fail_write(path_, "the file");
}

H5Writer::~H5Writer() {
    if (file_ < 0) return;
    H5Fclose(file_);
    ::unlink(partial_name(path_).c_str());
}

void H5Writer::write(const std::string& d, std::span<const double> v, const Shape& s) { write_as(H5T_NATIVE_DOUBLE, d, v.data(), v.size(), s); }
void H5Writer::write(const std::string& d, std::span<const float> v, const Shape& s) { write_as(H5T_NATIVE_FLOAT, d, v.data(), v.size(), s); }
void H5Writer::write(const std::string& d, std::span<const std::int64_t> v, const Shape& s) { write_as(H5T_NATIVE_INT64, d, v.data(), v.size(), s); }
void H5Writer::write(const std::string& d, std::span<const std::uint64_t> v, const Shape& s) {
    write_as(H5T_NATIVE_UINT64, d, v.data(), v.size(), s);
}
void H5Writer::write(const std::string& d, std::span<const std::uint8_t> v, const Shape& s) { write_as(H5T_NATIVE_UINT8, d, v.data(), v.size(), s); }

void H5Writer::write_as(std::int64_t type, const std::string& dataset, const void* values, std::size_t count, const Shape& shape) {
    TRIPARTITE_CHECK(std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies{}) == count);
    const std::vector<hsize_t> dimensions(shape.begin(), shape.end());
    const Handle space(dimensions.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(int(dimensions.size()), dimensions.data(), nullptr), H5Sclose);
    const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose), creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_obj_track_times(creation, false);  // equal contents make equal files
    const Handle set(H5Dcreate2(file_, dataset.c_str(), type, space, links, creation, H5P_DEFAULT), H5Dclose);
    if (set < 0 || (count > 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0))
        fail_write(path_, fmt::format("dataset '{}'", dataset));
}

/// A scalar, or a list of `count` values.
void H5Writer::attribute_as(std::int64_t type, const std::string& object, const std::string& name, const void* value, std::int64_t count) {
    const auto length = hsize_t(count);
    const Handle space(count < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, nullptr), H5Sclose);
    const Handle attribute(H5Acreate_by_name(file_, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (attribute < 0 || H5Awrite(attribute, type, value) < 0) fail_write(path_, fmt::format("attribute '{}' of '{}'", name, object));
}

void H5Writer::attribute(const std::string& object, const std::string& name, std::string_view value) {
    const std::string terminated(value);
    const char* text = terminated.c_str();
    attribute_as(text_type(), object, name, &text);
}
void H5Writer::attribute(const std::string& object, const std::string& name, double value) { attribute_as(H5T_NATIVE_DOUBLE, object, name, &value); }
void H5Writer::attribute(const std::string& object, const std::string& name, std::span<const std::uint64_t> values) {
    attribute_as(H5T_NATIVE_UINT64, object, name, values.data(), std::int64_t(values.size()));
}
void H5Writer::integer_attribute(const std::string& object, const std::string& name, std::int64_t value) {
    attribute_as(H5T_NATIVE_INT64, object, name, &value);
}

void H5Writer::commit() {
    TRIPARTITE_CHECK(file_ >= 0);
    if (H5Fflush(file_, H5F_SCOPE_LOCAL) < 0) fail_write(path_, "the file");
    H5Fclose(std::exchange(file_, -1));
    publish(path_);
}

namespace {

template <class T> hid_t native();
template <> hid_t native<double>() { return H5T_NATIVE_DOUBLE; }
template <> hid_t native<float>() { return H5T_NATIVE_FLOAT; }
template <> hid_t native<std::int64_t>() { return H5T_NATIVE_INT64; }
template <> hid_t native<std::uint64_t>() { return H5T_NATIVE_UINT64; }
template <> hid_t native<std::uint8_t>() { return H5T_NATIVE_UINT8; }

}  // namespace

template <class T> void H5Writer::create(const std::string& dataset, const Shape& shape) { write_as(native<T>(), dataset, nullptr, 0, shape); }

template <class T> void H5Writer::write_rows(const std::string& dataset, std::uint64_t first, std::span<const T> values) {
    if (values.empty()) return;
    const Handle set(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose), space(H5Dget_space(set), H5Sclose);
    std::vector<hsize_t> begin(std::size_t(H5Sget_simple_extent_ndims(space))), count(begin.size());
    H5Sget_simple_extent_dims(space, count.data(), nullptr);
    begin[0] = first;
    hsize_t row = 1;
    for (std::size_t i = 1; i < count.size(); ++i) row *= count[i];
    count[0] = values.size() / row;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, count.data(), nullptr);
    const hsize_t number = values.size();
    const Handle memory(H5Screate_simple(1, &number, nullptr), H5Sclose);
    if (H5Dwrite(set, native<T>(), memory, space, H5P_DEFAULT, values.data()) < 0) fail_write(path_, fmt::format("dataset '{}'", dataset));
}

template void H5Writer::create<double>(const std::string&, const Shape&);
template void H5Writer::create<float>(const std::string&, const Shape&);
template void H5Writer::create<std::uint64_t>(const std::string&, const Shape&);
template void H5Writer::write_rows(const std::string&, std::uint64_t, std::span<const double>);
template void H5Writer::write_rows(const std::string&, std::uint64_t, std::span<const float>);
template void H5Writer::write_rows(const std::string&, std::uint64_t, std::span<const std::uint64_t>);

namespace {

/// HDF5 would clip or truncate silently.
H5T_conv_ret_t refuse_loss(H5T_conv_except_t, hid_t, hid_t, void*, void*, void*) { return H5T_CONV_ABORT; }

bool is_number(hid_t type) { return H5Tget_class(type) == H5T_INTEGER || H5Tget_class(type) == H5T_FLOAT; }

Handle open_dataset(const std::string& path, hid_t file, const H5Reader& reader, const std::string& dataset) {
    const hid_t set = reader.has(dataset) ? H5Dopen2(file, dataset.c_str(), H5P_DEFAULT) : hid_t{-1};
    if (set < 0) fail("{}: there is no dataset '{}'", path, dataset);
    return {set, H5Dclose};
}

Handle open_attribute(const std::string& path, hid_t file, const H5Reader& reader, const std::string& object, const std::string& name) {
    if (!reader.has_attribute(object, name)) fail("{}: '{}' has no attribute '{}'", path, object, name);
    return {H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
}

/// Selects what the ranges name of a data space.
void select(hid_t space, const std::vector<std::uint64_t>& shape, const std::vector<H5Range>& ranges) {
    TRIPARTITE_CHECK(ranges.size() == shape.size());
    std::vector<hsize_t> first, count, step;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto& r = ranges[i];
        TRIPARTITE_CHECK(r.step > 0 && (r.count == 0 || r.first + (r.count - 1) * r.step < shape[i]));
        first.push_back(r.first), count.push_back(r.count), step.push_back(r.step);
    }
    H5Sselect_none(space);
    if (std::ranges::find(count, 0u) == count.end()) H5Sselect_hyperslab(space, H5S_SELECT_SET, first.data(), step.data(), count.data(), nullptr);
}

template <class T> T read_number(const std::string& path, hid_t attribute, const std::string& object, const std::string& name) {
    const Handle type(H5Aget_type(attribute), H5Tclose);
    const bool fits = std::is_integral_v<T> ? H5Tget_class(type) == H5T_INTEGER : is_number(type);
    T value{};
    if (!fits || H5Aread(attribute, native<T>(), &value) < 0)
        fail("{}: attribute '{}' of '{}' is not {}", path, name, object, std::is_integral_v<T> ? "an integer" : "a number");
    return value;
}

}  // namespace

H5Reader::H5Reader(std::string path) : path_(std::move(path)) {
    silence();
    if (::access(path_.c_str(), R_OK) != 0) fail("{}: cannot be read: {}", path_, std::strerror(errno));
    if (H5Fis_hdf5(path_.c_str()) <= 0) fail("{} is not an HDF5 file", path_);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    file_ = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, access);
    if (file_ < 0) fail("{}: the HDF5 file is damaged: {}", path_, last_failure().text);
}

H5Reader::~H5Reader() {
    if (file_ >= 0) H5Fclose(file_);
}

bool H5Reader::has(const std::string& object) const {
    for (std::size_t end = object.find_first_not_of('/'); end < object.size();) {  // HDF5 wants every group on the way to exist
        end = std::min(object.find('/', end + 1), object.size());
        if (H5Lexists(file_, object.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
    }
    return !object.empty();
}

std::vector<std::uint64_t> H5Reader::shape(const std::string& dataset) const {
    const Handle set = open_dataset(path_, file_, *this, dataset), space(H5Dget_space(set), H5Sclose);
    std::vector<hsize_t> dimensions(std::size_t(std::max(0, H5Sget_simple_extent_ndims(space))));
    H5Sget_simple_extent_dims(space, dimensions.data(), nullptr);
    return {dimensions.begin(), dimensions.end()};
}

template <class T> std::vector<T> H5Reader::read(const std::string& dataset, const std::vector<H5Range>& ranges) const {
    const Handle set = open_dataset(path_, file_, *this, dataset), space(H5Dget_space(set), H5Sclose), type(H5Dget_type(set), H5Tclose);
    if (!is_number(type)) fail("{}: dataset '{}' does not hold numbers", path_, dataset);
    if (!ranges.empty()) select(space, shape(dataset), ranges);
    std::vector<T> values(std::size_t(H5Sget_select_npoints(space)));
    const hsize_t count = values.size();
    const Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
    if (std::is_integral_v<T>) H5Pset_type_conv_cb(transfer, refuse_loss, nullptr);
    if (!values.empty() && H5Dread(set, native<T>(), memory, space, transfer, values.data()) < 0)
        fail("{}: dataset '{}' cannot be read{}", path_, dataset,
             std::is_integral_v<T> ? fmt::format(": it is damaged, or not all of its numbers are {}-bit integers", 8 * sizeof(T))
                                   : ": it is damaged");
    return values;
}
template std::vector<double> H5Reader::read(const std::string&, const std::vector<H5Range>&) const;
template std::vector<float> H5Reader::read(const std::string&, const std::vector<H5Range>&) const;
template std::vector<std::int64_t> H5Reader::read(const std::string&, const std::vector<H5Range>&) const;
template std::vector<std::uint64_t> H5Reader::read(const std::string&, const std::vector<H5Range>&) const;
template std::vector<std::uint8_t> H5Reader::read(const std::string&, const std::vector<H5Range>&) const;

bool H5Reader::has_attribute(const std::string& object, const std::string& name) const {
    return has(object) && H5Aexists_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::string H5Reader::text_attribute(const std::string& object, const std::string& name) const {
    const Handle attribute = open_attribute(path_, file_, *this, object, name), type(H5Aget_type(attribute), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) fail("{}: attribute '{}' of '{}' is not text", path_, name, object);
    std::string text;
    if (H5Tis_variable_str(type) > 0) {
        char* contents = nullptr;
        if (H5Aread(attribute, type, &contents) >= 0 && contents) text = contents;
        H5free_memory(contents);
    } else {
        text.resize(H5Tget_size(type));
        H5Aread(attribute, type, text.data());
        text.resize(std::min(text.find('\0'), text.size()));
    }
    return text;
}

double H5Reader::real_attribute(const std::string& object, const std::string& name) const {
    return read_number<double>(path_, open_attribute(path_, file_, *this, object, name), object, name);
}
std::int64_t H5Reader::integer_attribute(const std::string& object, const std::string& name) const {
    return read_number<std::int64_t>(path_, open_attribute(path_, file_, *this, object, name), object, name);
}

std::vector<std::uint64_t> H5Reader::list_attribute(const std::string& object, const std::string& name) const {
    const Handle attribute = open_attribute(path_, file_, *this, object, name), type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    std::vector<std::uint64_t> values(std::size_t(H5Sget_simple_extent_npoints(space)));
    if (H5Tget_class(type) != H5T_INTEGER || H5Aread(attribute, H5T_NATIVE_UINT64, values.data()) < 0)
        fail("{}: attribute '{}' of '{}' is not a list of integers", path_, name, object);
    return values;
}

bool H5Reader::is_group(const std::string& object) const {
    H5O_info_t info{};
    return has(object) && H5Oget_info_by_name(file_, object.c_str(), &info, H5P_DEFAULT) >= 0 && info.type == H5O_TYPE_GROUP;
}

std::vector<std::string> H5Reader::children(const std::string& group) const {
    const Handle opened(has(group) ? H5Gopen2(file_, group.c_str(), H5P_DEFAULT) : hid_t{-1}, H5Gclose);
    if (opened < 0) fail("{}: there is no group '{}'", path_, group);
    H5G_info_t info{};
    H5Gget_info(opened, &info);
    std::vector<std::string> names;
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        const auto length = H5Lget_name_by_idx(opened, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
        std::string name(std::size_t(std::max<ssize_t>(length, 0)), '\0');
        H5Lget_name_by_idx(opened, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size() + 1, H5P_DEFAULT);
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace tripartite
