#pragma once
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace tripartite {

using Index = std::ptrdiff_t;

/// A fixed-size array on cache-line boundaries, zero at birth; large ones stand in huge pages where the system has them. Unlike a
/// vector it never grows by accident.
template <class T> class Array {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Array() = default;
    explicit Array(Index size)
        : data_(size ? static_cast<T*>(::operator new(std::size_t(size) * sizeof(T), alignment(size))) : nullptr), size_(size) {
        if (is_large(size)) madvise(data_, std::size_t(size) * sizeof(T), MADV_HUGEPAGE);
        std::fill_n(data_, size_, T{});
    }
    Array(const Array& other) : Array(other.size_) { std::copy_n(other.data_, size_, data_); }
    Array(Array&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Array& operator=(Array other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Array() { ::operator delete(data_, alignment(size_)); }

    /// Keeps the memory if it is large enough already; the contents are then unspecified.
    void ensure(Index size) {
        if (size > size_) *this = Array(size);
    }
    void fill(T value) { std::fill_n(data_, size_, value); }

    Index size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    T& operator[](Index i) { return data_[i]; }
    const T& operator[](Index i) const { return data_[i]; }
    operator std::span<T>() { return {data_, std::size_t(size_)}; }
    operator std::span<const T>() const { return {data_, std::size_t(size_)}; }

private:
    static constexpr std::size_t huge_page = 1 << 21;
    static bool is_large(Index size) { return std::size_t(size) * sizeof(T) >= 2 * huge_page; }
    static std::align_val_t alignment(Index size) { return std::align_val_t(is_large(size) ? huge_page : 64); }
    T* data_ = nullptr;
    Index size_ = 0;
};

}  // namespace tripartite
