#include "io/atomic_file.hpp"

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

TEST(AtomicFile, HoldsTheContentsAndLeavesNoTemporaryFile) {
    const TemporaryFolder folder;
    write_atomically(folder / "a.txt", "first");
    write_atomically(folder / "a.txt", "the second");
    EXPECT_EQ(contents_of(folder / "a.txt"), "the second");
    EXPECT_FALSE(std::filesystem::exists(folder / "a.txt.partial"));
}

TEST(AtomicFile, AFailedWriteKeepsTheOldFile) {
    const TemporaryFolder folder;
    write_atomically(folder / "a.txt", "old");
    std::filesystem::create_symlink("/dev/full", folder / "a.txt.partial");
    EXPECT_EQ(error_of([&] { write_atomically(folder / "a.txt", "new"); }),
              folder / "a.txt" + ": cannot be written: No space left on device; free some space or choose another folder");
    EXPECT_EQ(contents_of(folder / "a.txt"), "old");
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder / "a.txt.partial")));
}

TEST(AtomicFile, AMissingFolderIsNamedWithItsRemedy) {
    const TemporaryFolder folder;
    EXPECT_EQ(error_of([&] { write_atomically(folder / "none/a.txt", "x"); }),
              folder / "none/a.txt" + ": cannot be written: No such file or directory; create the folder first");
}

TEST(AtomicFile, AFolderIsNotReplaced) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "sub");
    EXPECT_EQ(error_of([&] { write_atomically(folder / "sub", "x"); }), folder / "sub" + ": cannot be written: Is a directory");
}

TEST(AtomicFile, EveryReasonHasItsText) {
    EXPECT_EQ(error_of([] { fail_to_write("a", EACCES); }), "a: cannot be written: Permission denied; choose a folder that you may write to");
}

}  // namespace
}  // namespace tripartite
