#include "plot/run_folder.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "plot/groups.hpp"

namespace tripartite {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;  // populations in the order of the network

template <class T> std::optional<T> number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? std::optional(found->get<T>()) : std::nullopt;
}

std::string timestamps_of(const std::string& population) { return "/spikes/" + population + "/timestamps"; }

}  // namespace

RunFolder::RunFolder(const std::string& folder) : folder_(folder), name_(folder_name()) {
    read_summary();
    if (const auto results = folder + "/results.h5"; fs::exists(results)) file_ = std::make_unique<H5Reader>(results);
    find_spikes();
}

std::string RunFolder::folder_name() const {
    const auto path = fs::absolute(folder_).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).filename();
}

void RunFolder::read_summary() {
    const auto path = folder_ + "/summary.json";
    std::ifstream stream(path);
    if (!stream) fail("{}: there is no summary.json; give a folder that `tripartite run` has written", folder_);
    const auto json = Json::parse(stream, nullptr, false);
    if (!json.is_object()) fail("{} is not the summary of a run: it is not a JSON object", path);
    if (const auto name = json.find("name"); name != json.end() && name->is_string()) name_ = name->get<std::string>();
    of_samples_ = json.contains("epochs");
    biological_ms_ = 1000 * number<double>(json, "biological_seconds").value_or(0);
    training_.test_accuracy = number<double>(json, "test_accuracy");
    training_.best_epoch = number<int>(json, "best_epoch");
    for (const auto& epoch : json.value("epochs", Json::array()))
        training_.epochs.push_back({number<double>(epoch, "train_loss").value_or(NAN), number<double>(epoch, "train_accuracy").value_or(NAN),
                                    number<double>(epoch, "validation_accuracy")});
    const auto populations = json.value("populations", Json::object());
    for (const auto& [name, p] : populations.items())
        populations_.push_back({name, number<std::uint64_t>(p, "neurons").value_or(0), number<double>(p, "cv_isi")});
}

void RunFolder::find_spikes() {
    auto recorded = names("/spikes");
    for (const auto& p : populations_)
        if (const auto found = std::ranges::find(recorded, p.name); found != recorded.end()) spiking_.push_back(p), recorded.erase(found);
    for (const auto& name : recorded) spiking_.push_back({name, 0, {}});
    for (auto& p : spiking_) {
        if (p.neurons == 0) {  // a summary of training does not tell
            const auto ids = file_->read<std::uint64_t>("/spikes/" + p.name + "/node_ids");
            p.neurons = ids.empty() ? 1 : std::ranges::max(ids) + 1;
        }
        const auto size = p.neurons;
        p.first = std::min(size - 1, std::uint64_t(attribute("/spikes/" + p.name, "begin", 0)));
        p.neurons = std::min(size, std::uint64_t(attribute("/spikes/" + p.name, "end", double(size)))) - p.first;
        p.in_part = p.neurons < size;
    }
}

std::vector<std::string> RunFolder::names(const std::string& group) const {
    return file_ && file_->is_group(group) ? file_->children(group) : std::vector<std::string>();
}

std::vector<std::string> RunFolder::with_states() const {
    auto populations = names("/states");
    std::erase_if(populations, [&](const std::string& p) {
        return std::ranges::all_of(fields(p), [&](const std::string& field) { return file_->shape("/states/" + p + "/" + field).at(0) == 0; });
    });
    return populations;
}

std::vector<std::string> RunFolder::with_weight_images() const {
    auto projections = names("/projections");
    std::erase_if(projections, [&](const std::string& p) {
        const auto weights = "/projections/" + p + "/weight";
        if (!file_->has(weights)) return true;
        const auto shape = file_->shape(weights);
        const bool kernels = shape.size() == 4 && shape[1] == 1 && shape[2] > 1;
        return !kernels && !(shape.size() == 2 && attribute("/projections/" + p, "height", 0) * attribute("/projections/" + p, "width", 0) == double(shape[1]));
    });
    return projections;
}

WeightImages RunFolder::weight_images(const std::string& projection) const {
    const auto group = "/projections/" + projection, weights = group + "/weight";
    const auto shape = file_->shape(weights);
    if (shape.size() == 4) return {true, shape[2], shape[3], file_->read<double>(weights), {}};
    WeightImages images{false, std::uint64_t(attribute(group, "height", 0)), std::uint64_t(attribute(group, "width", 0)), file_->read<double>(weights), {}};
    if (!file_->has_attribute(group, "to")) return images;
    const auto labels = "/populations/" + file_->text_attribute(group, "to") + "/label";
    if (file_->has(labels)) images.labels = file_->read<std::int64_t>(labels);
    if (!images.labels.empty() && images.labels.size() != images.count())
        fail("{}/results.h5: '{}' has {} numbers, not one for each of the {} neurons of '{}'", folder_, labels, images.labels.size(), images.count(), weights);
    return images;
}

double RunFolder::attribute(const std::string& object, const char* name, double otherwise) const {
    return file_ && file_->has_attribute(object, name) ? file_->real_attribute(object, name) : otherwise;
}

double RunFolder::interval_of(const std::string& dataset) const { return attribute(dataset, "interval", attribute(dataset, "dt", 1)); }

double RunFolder::first_time(const std::string& dataset) const { return attribute(dataset, "start", interval_of(dataset)); }

double RunFolder::last_time(const std::string& dataset) const {
    const auto count = file_->shape(dataset).at(0);
    if (dataset.starts_with("/spikes/")) return count == 0 ? 0 : file_->read<double>(dataset, {{count - 1, 1}})[0];
    return first_time(dataset) + (double(count) - 1) * interval_of(dataset);
}

Window RunFolder::recorded() const {
    Window window{attribute("/", "start_ms", 0), 0};
    window.to = window.from + attribute("/", "duration_ms", biological_ms_);
    if (window.length() > 0) return window;
    for (const auto& p : spiking_) window.to = std::max(window.to, last_time(timestamps_of(p.name)));
    for (const auto& p : with_rates()) window.to = std::max(window.to, last_time("/rates/" + p));
    for (const auto& p : with_states())
        for (const auto& field : fields(p)) window.to = std::max(window.to, last_time("/states/" + p + "/" + field));
    if (window.length() <= 0)
        fail("{}: nothing is recorded that could be drawn; add `record: {{spikes: all}}` to the experiment and run it again", folder_);
    return window;
}

std::uint64_t RunFolder::first_after(const std::string& timestamps, double time) const {
    std::uint64_t low = 0, high = file_->shape(timestamps).at(0);
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (file_->read<double>(timestamps, {{middle, 1}})[0] <= time + 1e-9 * std::abs(time)) low = middle + 1;
        else high = middle;
    }
    return low;
}

std::uint64_t RunFolder::spike_count(const std::string& population, const Window& window) const {
    return first_after(timestamps_of(population), window.to) - first_after(timestamps_of(population), window.from);
}

Spikes RunFolder::spikes(const std::string& population, const Window& window) const {
    const auto first = first_after(timestamps_of(population), window.from);
    const std::vector<H5Range> range{{first, first_after(timestamps_of(population), window.to) - first}};
    return {file_->read<double>(timestamps_of(population), range), file_->read<std::uint64_t>("/spikes/" + population + "/node_ids", range)};
}

Series RunFolder::series(const std::string& dataset, const Window& window, std::uint64_t columns) const {
    const auto shape = file_->shape(dataset);
    if (shape.empty() || shape.size() > 2) fail("{}/results.h5: '{}' is not an array of steps, or of steps by neurons", folder_, dataset);
    const double interval = interval_of(dataset), start = first_time(dataset);
    if (!(interval > 0)) fail("{}/results.h5: the interval of '{}' is not positive", folder_, dataset);
    const auto index = [&](double time) { return std::uint64_t(std::clamp(std::ceil((time - start) / interval - 1e-6), 0.0, double(shape[0]))); };
    const auto first = index(window.from), last = std::max(first, std::min(shape[0], index(window.to) + 1));
    Series s{dataset.substr(dataset.rfind('/') + 1), "", start + double(first) * interval, interval, {}, {}};
    if (file_->has_attribute(dataset, "units")) s.units = file_->text_attribute(dataset, "units");
    std::vector<H5Range> ranges{{first, last - first}};
    const auto wide = shape.size() == 2 ? shape[1] : 1;
    const auto count = std::min(columns, wide), step = std::max<std::uint64_t>(1, count > 0 ? wide / count : 1);
    if (shape.size() == 2) ranges.push_back({0, count, step});
    s.values = file_->read<double>(dataset, ranges);
    const auto ids = file_->has_attribute(dataset, "neurons") ? file_->list_attribute(dataset, "neurons") : std::vector<std::uint64_t>();
    // A long list is cut short, and is then one of neighbours.
    for (std::uint64_t i = 0; i < count; ++i) s.neurons.push_back(i * step < ids.size() ? ids[i * step] : i * step + (ids.empty() ? 0 : ids[0]));
    return s;
}

Window RunFolder::states_recorded(const std::string& population) const {
    Window window{INFINITY, -INFINITY};
    for (const auto& field : fields(population)) {
        const auto dataset = "/states/" + population + "/" + field;
        window.from = std::min(window.from, first_time(dataset) - interval_of(dataset));
        window.to = std::max(window.to, last_time(dataset));
    }
    return window;
}

Series RunFolder::states(const std::string& population, const std::string& field, const Window& window, std::uint64_t neurons) const {
    return series("/states/" + population + "/" + field, window, neurons);
}

Series RunFolder::rate(const std::string& population, const Window& window) const { return series("/rates/" + population, window, 1); }

}  // namespace tripartite
