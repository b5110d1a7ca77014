#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/error.hpp"
#include "io/hdf5.hpp"
#include "io/hdf5_handle.hpp"

namespace tripartite {
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
    if (H5Tget_class(type) != H5T_INTEGER || (!values.empty() && H5Aread(attribute, H5T_NATIVE_UINT64, values.data()) < 0))
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
