#include "datasets/idx.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>

#include "core/error.hpp"

namespace tripartite {
namespace {

/// A file that is unpacked while it is read; zlib passes plain files through.
class Input {
public:
    explicit Input(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
        if (!file_) fail("{}: cannot be read: {}", path, std::strerror(errno));
        gzbuffer(file_.get(), 1 << 18);
    }

    /// Reads up to `count` bytes; fewer only at the end of the file.
    std::size_t read(std::uint8_t* to, std::size_t count) {
        std::size_t have = 0;
        while (have < count) {
            const int got = gzread(file_.get(), to + have, unsigned(std::min<std::size_t>(count - have, 1 << 30)));
            if (got <= 0) check(at_ + have);
            if (got == 0) break;
            have += std::size_t(got);
        }
        at_ += have;
        return have;
    }

    /// A big-endian integer of the header.
    std::uint32_t header() {
        std::uint8_t b[4];
        const std::size_t start = at_;
        if (read(b, 4) < 4) fail("{}: byte {}: the file ends within its header", path_, start);
        return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
    }

    std::size_t at() const { return at_; }

private:
    /// Why there is no more data: the end of the file, or a failure.
    void check(std::size_t at) {
        int state = Z_OK;
        gzerror(file_.get(), &state);
        if (state == Z_ERRNO) fail("{}: cannot be read: {}", path_, std::strerror(errno));
        if (state == Z_BUF_ERROR) fail("{}: byte {}: the gzip data ends too soon; copy the file again", path_, at);
        if (state != Z_OK && state != Z_STREAM_END) fail("{}: byte {}: the gzip data is damaged; copy the file again", path_, at);
    }

    struct Close {
        void operator()(gzFile_s* file) const { gzclose(file); }
    };
    const std::string& path_;
    std::unique_ptr<gzFile_s, Close> file_;
    std::size_t at_ = 0;
};

/// The values, in pieces: a header that promises too much must not take all memory.
std::vector<std::uint8_t> read_values(Input& input, const std::string& path, std::size_t count) {
    constexpr std::size_t piece = std::size_t{1} << 26;
    std::vector<std::uint8_t> values;
    while (values.size() < count) {
        const std::size_t have = values.size(), want = std::min(piece, count - have);
        values.resize(have + want);
        const std::size_t got = input.read(values.data() + have, want);
        if (got < want) fail("{}: byte {}: the file ends after {} of {} values", path, input.at(), have + got, count);
    }
    std::uint8_t more;
    const std::size_t end = input.at();
    if (input.read(&more, 1) != 0) fail("{}: byte {}: there is more data than the {} values of the header", path, end, count);
    return values;
}

/// The file of this name, packed or not.
std::string find(const std::string& folder, const std::string& name) {
    const std::string plain = folder + "/" + name;
    for (const auto& path : {plain, plain + ".gz"})
        if (std::filesystem::exists(path)) return path;
    fail("{}: there is neither this file nor {}.gz", plain, name);
}

}  // namespace

IdxArray read_idx(const std::string& path, int dimensions) {
    Input input(path);
    const std::uint32_t magic = input.header();
    if (magic >> 8 != 8) fail("{}: byte 0: magic number 0x{:08x} is not that of an IDX file of unsigned bytes", path, magic);
    if (int(magic & 0xff) != dimensions) fail("{}: byte 3: the array has {} dimension(s), where {} are expected", path, magic & 0xff, dimensions);
    IdxArray array;
    std::size_t count = 1;
    for (int i = 0; i < dimensions; ++i) {
        const std::size_t start = input.at();
        const std::uint32_t size = input.header();
        if (size == 0 || size > std::uint32_t(std::numeric_limits<int>::max()) || __builtin_mul_overflow(count, size, &count))
            fail("{}: byte {}: dimension {} cannot be {}", path, start, i, size);
        array.shape.push_back(int(size));
    }
    array.values = read_values(input, path, count);
    return array;
}

Images read_idx_images(const std::string& images, const std::string& labels, int classes) {
    IdxArray pixels = read_idx(images, 3), numbers = read_idx(labels, 1);
    if (pixels.shape[0] != numbers.shape[0])
        fail("{} holds {} images, but {} holds {} labels", images, pixels.shape[0], labels, numbers.shape[0]);
    for (std::size_t i = 0; i < numbers.values.size(); ++i)
        if (numbers.values[i] >= classes)
            fail("{}: byte {}: label {} is not within 0 and {}", labels, 8 + i, numbers.values[i], classes - 1);
    return {pixels.shape[0], 1, pixels.shape[1], pixels.shape[2], std::move(pixels.values), {numbers.values.begin(), numbers.values.end()}};
}

ImageSet read_idx_folder(const std::string& folder, int classes) {
    const auto part = [&](const std::string& name) {
        return read_idx_images(find(folder, name + "-images-idx3-ubyte"), find(folder, name + "-labels-idx1-ubyte"), classes);
    };
    ImageSet set{part("train"), part("t10k"), classes};
    if (set.train.height != set.test.height || set.train.width != set.test.width)
        fail("{}: the images to train on are {} x {} pixels, those to test on {} x {}", folder, set.train.height, set.train.width, set.test.height,
             set.test.width);
    return set;
}

}  // namespace tripartite
