#include "datasets/loader.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace tripartite {

template <class Real>
Loader<Real>::Loader(const Images& images, std::vector<int> samples, int batch, const Transform& transform, std::uint64_t seed, int epoch,
                     bool augment)
    : images_(images), samples_(std::move(samples)), batch_(batch), transform_(transform), epoch_(epoch), augment_(augment),
      random_(seed, "input", "augmentation") {
    TRIPARTITE_CHECK(batch > 0);
    for (int byte = 0; byte < 256; ++byte) values_[byte] = Real((byte / 255.0 - transform.mean) / transform.sd);
    thread_ = std::thread([this] { work(); });
}

template <class Real> Loader<Real>::~Loader() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

template <class Real> bool Loader<Real>::next(Batch<Real>& to) {
    if (delivered_ == batches()) return false;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return full_ || failure_; });
    if (!full_) std::rethrow_exception(failure_);
    std::swap(to, ready_);  // the thread fills the caller's old memory next
    full_ = false;
    ++delivered_;
    changed_.notify_all();
    return true;
}

template <class Real> void Loader<Real>::work() {
    try {
        Batch<Real> batch;
        for (int i = 0; i < batches(); ++i) {
            prepare(i * batch_, batch);
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !full_ || stop_; });
            if (stop_) return;
            std::swap(batch, ready_);
            full_ = true;
            changed_.notify_all();
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

template <class Real> void Loader<Real>::prepare(int first, Batch<Real>& to) const {
    const int count = std::min(batch_, int(samples_.size()) - first);
    if (to.images.samples != count || to.images.neurons != images_.size()) to.images = RealFrame<Real>(1, count, images_.size());
    to.samples.assign(samples_.begin() + first, samples_.begin() + first + count);
    to.labels.resize(std::size_t(count));
    to.targets.resize(images_.targets.empty() ? 0 : std::size_t(count));
    for (int b = 0; b < count; ++b) {
        const int sample = to.samples[b];
        TRIPARTITE_CHECK(sample >= 0 && sample < images_.count);
        to.labels[b] = images_.labels[sample];
        if (!to.targets.empty()) to.targets[std::size_t(b)] = images_.target(sample);
        copy_image(sample, to.images.row(0, b));
    }
}

template <class Real> void Loader<Real>::copy_image(int sample, Real* to) const {
    int down = 0, right = 0;
    bool flip = false;
    if (augment_ && (transform_.shift > 0 || transform_.flip)) {
        const auto bits = random_.bits(0, 0, std::uint32_t(sample), std::uint32_t(epoch_));
        const auto shift = [&](std::uint32_t r) { return int(std::uint64_t{r} * std::uint64_t(2 * transform_.shift + 1) >> 32) - transform_.shift; };
        down = shift(bits[0]);
        right = shift(bits[1]);
        flip = transform_.flip && bits[2] >> 31;
    }
    const std::uint8_t* from = images_.image(sample);
    const int height = images_.height, width = images_.width;
    for (int c = 0; c < images_.channels; ++c)
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const int from_y = y - down, from_x = flip ? width - 1 - (x - right) : x - right;
                const bool inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
                *to++ = values_[inside ? from[(c * height + from_y) * width + from_x] : 0];
            }
}

template class Loader<float>;
template class Loader<double>;

}  // namespace tripartite
