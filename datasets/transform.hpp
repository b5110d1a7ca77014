#pragma once
#include <string_view>
#include <tuple>

#include "core/field.hpp"

namespace tripartite {

/// What becomes of an image of bytes x: (x/255 - mean) / sd. Shift and flip are random, for training only; the same sample gets
/// the same ones in the same epoch.
struct Transform {
    static constexpr std::string_view name = "transform", doc = "(x/255 - mean) / sd; in training also a random shift and flip";
    double mean = 0, sd = 1;
    int shift = 0;
    bool flip = false;
    static constexpr auto fields() {
        return std::tuple{field("mean", &Transform::mean, "", "subtracted from x/255"),
                          field("sd", &Transform::sd, "", "divides afterwards").positive(),
                          field("shift", &Transform::shift, "pixels", "largest random shift in either direction; black moves in").non_negative(),
                          field("flip", &Transform::flip, "", "mirror left and right at random")};
    }

    bool operator==(const Transform&) const = default;
};

}  // namespace tripartite
