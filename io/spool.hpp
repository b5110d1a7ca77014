#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <span>
#include <string>

namespace tripartite {

/// A file to which a run appends records as it goes on. A checkpoint keeps its length; a resumed run cuts off what came later.
class Spool {
public:
    /// Opens the file, or makes it, and cuts it to `length` bytes. Errors: it cannot be written, or is shorter than that.
    Spool(std::string path, std::uint64_t length);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    template <class T> void append(std::span<const T> records) { append_bytes(records.data(), records.size_bytes()); }
    std::uint64_t length() const { return length_; }
    /// Returns when all that was appended is on the disk.
    void sync();
    /// Hands over all records, in order, in parts that are whole multiples of `group` records.
    template <class T> void read(std::size_t group, const std::function<void(std::span<const T>)>& take) {
        read_bytes(group * sizeof(T), [&](const void* data, std::size_t bytes) { take({static_cast<const T*>(data), bytes / sizeof(T)}); });
    }
    /// Deletes the file: its contents are elsewhere by now.
    void remove();

private:
    void append_bytes(const void* data, std::size_t bytes);
    void read_bytes(std::size_t group, const std::function<void(const void*, std::size_t)>& take);
    std::string path_;
    std::uint64_t length_;
    std::FILE* file_ = nullptr;
};

}  // namespace tripartite
