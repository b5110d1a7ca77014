#include "io/hdf5.hpp"

#include <unistd.h>

#include <functional>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/hdf5_handle.hpp"

namespace tripartite {
namespace {

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
    TRIPARTITE_CHECK(!values || std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies{}) == count);
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
    static constexpr std::uint64_t nothing = 0;  // HDF5 wants an address even for no values
    attribute_as(H5T_NATIVE_UINT64, object, name, values.empty() ? &nothing : values.data(), std::int64_t(values.size()));
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

}  // namespace tripartite
