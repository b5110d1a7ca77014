#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/error.hpp"

namespace tripartite {
namespace {

/// A file descriptor that is closed, whatever happens.
struct Descriptor {
    explicit Descriptor(int number) : number(number) {}
    ~Descriptor() { ::close(number); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number;
};

std::string_view remedy(int error) {
    switch (error) {
        case ENOENT: return "; create the folder first";
        case EACCES:
        case EPERM:
        case EROFS: return "; choose a folder that you may write to";
        case ENOSPC:
        case EDQUOT: return "; free some space or choose another folder";
        default: return "";
    }
}

bool write_all(int to, std::string_view contents) {
    while (!contents.empty()) {
        const auto written = ::write(to, contents.data(), contents.size());
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) contents.remove_prefix(std::size_t(written));
    }
    return true;
}

/// Removes the temporary file, which may be what fills the disk.
[[noreturn]] void give_up(const std::string& path, int error) {
    ::unlink(partial_name(path).c_str());
    fail_to_write(path, error);
}

}  // namespace

void fail_to_write(const std::string& path, int error) {
    fail("{}: cannot be written: {}{}", path, std::strerror(error), remedy(error));
}

void publish(const std::string& path) {
    const std::string partial = partial_name(path);
    {
        const Descriptor file(::open(partial.c_str(), O_RDONLY | O_CLOEXEC));
        if (file.number < 0 || ::fsync(file.number) != 0) give_up(path, errno);
    }
    if (::rename(partial.c_str(), path.c_str()) != 0) give_up(path, errno);
    const auto parent = std::filesystem::path(path).parent_path();  // the new name, too, is on the disk only after a sync
    const Descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.number >= 0) ::fsync(folder.number);
}

void write_atomically(const std::string& path, std::string_view contents) {
    {
        const Descriptor file(::open(partial_name(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (file.number < 0) fail_to_write(path, errno);
        if (!write_all(file.number, contents)) give_up(path, errno);
    }
    publish(path);
}

}  // namespace tripartite
