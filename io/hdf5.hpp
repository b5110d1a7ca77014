#pragma once
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// HDF5 files: arrays of numbers and attributes, addressed by paths such as "/spikes/E/timestamps". Shapes are in C order.
/// The HDF5 library is not safe for threads: one thread at a time uses these classes.
namespace tripartite {

/// Writes a new file under a temporary name; commit() gives it its own. Groups are created on demand.
class H5Writer {
public:
    using Shape = std::vector<std::uint64_t>;

    explicit H5Writer(std::string path);
    /// Removes the file if it was not committed.
    ~H5Writer();
    H5Writer(const H5Writer&) = delete;
    H5Writer& operator=(const H5Writer&) = delete;

    void write(const std::string& dataset, std::span<const double> values, const Shape& shape);
    void write(const std::string& dataset, std::span<const float> values, const Shape& shape);
    void write(const std::string& dataset, std::span<const std::int64_t> values, const Shape& shape);
    void write(const std::string& dataset, std::span<const std::uint64_t> values, const Shape& shape);
    void write(const std::string& dataset, std::span<const std::uint8_t> values, const Shape& shape);

    /// A data set that is filled row by row with write_rows(), for what does not fit in memory: T is double, float or std::uint64_t.
    template <class T> void create(const std::string& dataset, const Shape& shape);
    /// Rows from `first` on; as many as the values fill.
    template <class T> void write_rows(const std::string& dataset, std::uint64_t first, std::span<const T> values);

    /// An attribute of an existing data set or group; "/" is the root.
    void attribute(const std::string& object, const std::string& name, std::string_view value);
    void attribute(const std::string& object, const std::string& name, double value);
    template <std::integral Integer> void attribute(const std::string& object, const std::string& name, Integer value) {
        integer_attribute(object, name, std::int64_t(value));
    }
    /// A list; HDF5 holds at most 8000 numbers in one.
    void attribute(const std::string& object, const std::string& name, std::span<const std::uint64_t> values);

    /// Closes the file, syncs it to the disk and renames it to its final name.
    void commit();

private:
    void write_as(std::int64_t type, const std::string& dataset, const void* values, std::size_t count, const Shape& shape);
    void attribute_as(std::int64_t type, const std::string& object, const std::string& name, const void* value, std::int64_t count = -1);
    void integer_attribute(const std::string& object, const std::string& name, std::int64_t value);

    std::string path_;
    std::int64_t file_ = -1;
};

/// Of one dimension of an array: `count` indices from `first` on, `step` apart.
struct H5Range {
    std::uint64_t first, count, step = 1;
};

/// Reads a file. Errors name the file and what it lacks.
class H5Reader {
public:
    explicit H5Reader(std::string path);
    ~H5Reader();
    H5Reader(const H5Reader&) = delete;
    H5Reader& operator=(const H5Reader&) = delete;

    /// Whether there is a data set or group of this name.
    bool has(const std::string& object) const;
    std::vector<std::uint64_t> shape(const std::string& dataset) const;
    /// The values in C order, converted to T: double, float, std::int64_t, std::uint64_t or std::uint8_t.
    /// Real numbers are not read as integers, nor integers that T cannot hold.
    /// With ranges, one a dimension, only what they name.
    template <class T> std::vector<T> read(const std::string& dataset, const std::vector<H5Range>& ranges = {}) const;

    bool has_attribute(const std::string& object, const std::string& name) const;
    std::string text_attribute(const std::string& object, const std::string& name) const;
    double real_attribute(const std::string& object, const std::string& name) const;
    std::int64_t integer_attribute(const std::string& object, const std::string& name) const;
    std::vector<std::uint64_t> list_attribute(const std::string& object, const std::string& name) const;

    /// The names of the data sets and groups in a group, sorted.
    bool is_group(const std::string& object) const;
    std::vector<std::string> children(const std::string& group) const;

private:
    std::string path_;
    std::int64_t file_ = -1;
};

}  // namespace tripartite
