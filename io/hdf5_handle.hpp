#pragma once
#include <hdf5.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>

/// What the reader and the writer of HDF5 files share; included by no one else.
namespace tripartite {

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
inline void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// What went wrong innermost: in words, and as the errno that HDF5 hides in them.
struct Failure {
    std::string text = "unknown reason";
    int error = 0;
};
inline Failure last_failure() {
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

template <class T> hid_t native();
template <> inline hid_t native<double>() { return H5T_NATIVE_DOUBLE; }
template <> inline hid_t native<float>() { return H5T_NATIVE_FLOAT; }
template <> inline hid_t native<std::int64_t>() { return H5T_NATIVE_INT64; }
template <> inline hid_t native<std::uint64_t>() { return H5T_NATIVE_UINT64; }
template <> inline hid_t native<std::uint8_t>() { return H5T_NATIVE_UINT8; }

}  // namespace tripartite
