#pragma once
#include <string>
#include <string_view>

namespace tripartite {

/// Where a file is written until it is complete: a killed run leaves no half file under the final name.
inline std::string partial_name(const std::string& path) { return path + ".partial"; }

/// Writes a whole file: under a temporary name first, then synced to the disk and renamed.
/// Errors: the folder is missing or may not be written to, the disk is full.
void write_atomically(const std::string& path, std::string_view contents);

/// Syncs the file partial_name(path) to the disk and renames it to `path`.
void publish(const std::string& path);

/// Throws the Error that `path` cannot be written, with the text of the errno and its remedy.
[[noreturn]] void fail_to_write(const std::string& path, int error);

}  // namespace tripartite
