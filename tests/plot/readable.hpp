#pragma once
#include <gtest/gtest.h>

#include <string>

#include "plot/canvas.hpp"

namespace tripartite {

inline std::string all_text(const Canvas& canvas) {
    std::string text;
    for (const auto& placed : canvas.texts()) text += placed.text + "\n";
    return text;
}

/// No text lies on another or outside the picture.
inline void expect_readable(const Canvas& canvas) {
    const auto& texts = canvas.texts();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Box& a = texts[i].box;
        EXPECT_GE(a.left, 0) << texts[i].text;
        EXPECT_GE(a.top, 0) << texts[i].text;
        EXPECT_LE(a.right(), canvas.width()) << texts[i].text;
        for (std::size_t j = 0; j < i; ++j) {
            const Box& b = texts[j].box;
            const bool apart = a.right() <= b.left || b.right() <= a.left || a.bottom() <= b.top || b.bottom() <= a.top;
            EXPECT_TRUE(apart) << "'" << texts[i].text << "' lies on '" << texts[j].text << "'";
        }
    }
}

}  // namespace tripartite
