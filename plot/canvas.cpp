#include "plot/canvas.hpp"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.hpp"

namespace tripartite {
namespace {

constexpr double pixels_per_point = 4;  ///< 288 dpi
constexpr double margin = 12;
constexpr std::size_t most_vector_marks = 4000;

struct DestroySurface {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct DestroyContext {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;
using Context = std::unique_ptr<cairo_t, DestroyContext>;

void set_colour(cairo_t* to, const Colour& c) { cairo_set_source_rgba(to, c.red, c.green, c.blue, c.alpha); }

void set_font(cairo_t* to, const TextStyle& style) {
    cairo_select_font_face(to, "sans", CAIRO_FONT_SLANT_NORMAL, style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(to, style.size);
}

/// Letters have the same widths in every format: nothing is fitted to pixels.
Context make_context(cairo_surface_t* surface) {
    Context context(cairo_create(surface));
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(context.get(), options);
    cairo_font_options_destroy(options);
    return context;
}

cairo_status_t append(void* bytes, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text) safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return safe;
}

/// Pixels that start white; a box covers its edge's pixels in part.
class Pixels {
public:
    Pixels(double width, double height)
        : width_(int(std::ceil(width))), height_(int(std::ceil(height))), colours_(std::size_t(width_) * std::size_t(height_), {1, 1, 1}) {}

    void cover(const Box& box, const Colour& c) {
        for (int y = std::max(0, int(box.top)); y < std::min<double>(height_, box.bottom()); ++y)
            for (int x = std::max(0, int(box.left)); x < std::min<double>(width_, box.right()); ++x) {
                const double across = std::min(box.right(), x + 1.0) - std::max(box.left, double(x));
                const double down = std::min(box.bottom(), y + 1.0) - std::max(box.top, double(y));
                const float part = float(c.alpha * across * down);
                auto& [red, green, blue] = colours_[std::size_t(y) * std::size_t(width_) + std::size_t(x)];
                red += part * (float(c.red) - red), green += part * (float(c.green) - green), blue += part * (float(c.blue) - blue);
            }
    }

    Surface image() const {
        Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_, height_));
        const auto byte = [](float part) { return std::uint32_t(std::lround(255 * part)); };
        for (int y = 0; y < height_; ++y) {
            auto* row = cairo_image_surface_get_data(surface.get()) + y * cairo_image_surface_get_stride(surface.get());
            for (int x = 0; x < width_; ++x) {
                const auto [red, green, blue] = colours_[std::size_t(y) * std::size_t(width_) + std::size_t(x)];
                reinterpret_cast<std::uint32_t*>(row)[x] = byte(red) << 16 | byte(green) << 8 | byte(blue);
            }
        }
        cairo_surface_mark_dirty(surface.get());
        return surface;
    }

private:
    int width_, height_;
    std::vector<std::array<float, 3>> colours_;
};

/// The box of a mark around its point.
Box box_of(const Marks& marks, CanvasPoint p) { return {p.x - marks.width / 2, p.y - marks.height / 2, marks.width, marks.height}; }

}  // namespace

struct Canvas::Recording {
    Surface surface{cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nullptr)};
    Context context = make_context(surface.get());
};

Canvas::Canvas(double width) : width_(width), recording_(std::make_unique<Recording>()) {}
Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;

void Canvas::line(std::span<const CanvasPoint> points, Colour colour, double line_width) {
    auto* to = recording_->context.get();
    for (const auto& p : thinned(points, 0.25)) cairo_line_to(to, p.x, p.y);
    set_colour(to, colour);
    cairo_set_line_width(to, line_width);
    cairo_set_line_join(to, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(to);
}

void Canvas::fill(const Box& box, Colour colour) {
    auto* to = recording_->context.get();
    cairo_rectangle(to, box.left, box.top, box.width, box.height);
    set_colour(to, colour);
    cairo_fill(to);
}

void Canvas::disc(CanvasPoint centre, double radius, Colour colour) {
    auto* to = recording_->context.get();
    cairo_new_path(to);
    cairo_arc(to, centre.x, centre.y, radius, 0, 2 * M_PI);
    set_colour(to, colour);
    cairo_fill(to);
}

void Canvas::marks(std::span<const Marks> all) {
    std::size_t count = 0;
    for (const auto& marks : all) count += marks.points.size();
    if (count > most_vector_marks) return image_of(all);
    auto* to = recording_->context.get();
    for (const auto& marks : all) {
        for (const auto& p : marks.points) {
            const auto box = box_of(marks, p);
            cairo_rectangle(to, box.left, box.top, box.width, box.height);
        }
        set_colour(to, marks.colour);
        cairo_fill(to);
    }
}

void Canvas::image_of(std::span<const Marks> all) {
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    for (const auto& marks : all)
        for (const auto& p : marks.points) {
            const auto box = box_of(marks, p);
            left = std::min(left, box.left), top = std::min(top, box.top), right = std::max(right, box.right()), bottom = std::max(bottom, box.bottom());
        }
    left = std::floor(left), top = std::floor(top);  // on whole pixels of a PNG
    Pixels pixels((right - left) * pixels_per_point, (bottom - top) * pixels_per_point);
    for (const auto& marks : all)
        for (const auto& p : marks.points) {
            const auto box = box_of(marks, p);
            pixels.cover({(box.left - left) * pixels_per_point, (box.top - top) * pixels_per_point, box.width * pixels_per_point,
                          box.height * pixels_per_point}, marks.colour);
        }
    const auto image = pixels.image();
    auto* to = recording_->context.get();
    cairo_save(to);
    cairo_translate(to, left, top);
    cairo_scale(to, 1 / pixels_per_point, 1 / pixels_per_point);
    cairo_set_source_surface(to, image.get(), 0, 0);
    cairo_paint(to);
    cairo_restore(to);
}

void Canvas::text(CanvasPoint at, const std::string& text, const TextStyle& style) {
    auto* to = recording_->context.get();
    const double length = text_width(text, style), shift = style.align == Align::left ? 0 : style.align == Align::centre ? length / 2 : length;
    const double left = at.x - shift, baseline = at.y + 0.36 * style.size;
    set_font(to, style);
    set_colour(to, style.colour);
    cairo_move_to(to, left, baseline);
    cairo_show_text(to, text.c_str());
    cairo_new_path(to);
    texts_.push_back({text, {left, baseline - 0.76 * style.size, length, 0.98 * style.size}});
}

double Canvas::paragraph(CanvasPoint at, double width, const std::string& text, const TextStyle& style) {
    std::string row;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(' ', begin), text.size());
        const auto longer = row.empty() ? text.substr(begin, end - begin) : row + ' ' + text.substr(begin, end - begin);
        if (!row.empty() && text_width(longer, style) > width) {
            this->text(at, row, style);
            at.y += 1.4 * style.size;
            row = text.substr(begin, end - begin);
        } else row = longer;
        begin = end + 1;
    }
    if (!row.empty()) this->text(at, row, style);
    return at.y + 1.4 * style.size;
}

double Canvas::text_width(const std::string& text, const TextStyle& style) {
    const Surface surface(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nullptr));
    const auto context = make_context(surface.get());
    set_font(context.get(), style);
    cairo_text_extents_t extents;
    cairo_text_extents(context.get(), text.c_str(), &extents);
    return extents.x_advance;
}

std::string Canvas::encoded(Format format) const {
    double left, top, drawn_width, drawn_height;
    cairo_recording_surface_ink_extents(recording_->surface.get(), &left, &top, &drawn_width, &drawn_height);
    const double height = std::ceil(top + drawn_height + margin);
    std::string bytes;
    const Surface surface(format == Format::svg   ? cairo_svg_surface_create_for_stream(append, &bytes, width_, height)
                          : format == Format::pdf ? cairo_pdf_surface_create_for_stream(append, &bytes, width_, height)
                                                  : cairo_image_surface_create(CAIRO_FORMAT_RGB24, int(width_ * pixels_per_point),
                                                                               int(height * pixels_per_point)));
    {
        const auto to = make_context(surface.get());
        if (format == Format::png) cairo_scale(to.get(), pixels_per_point, pixels_per_point);
        cairo_set_source_rgb(to.get(), 1, 1, 1);
        cairo_paint(to.get());
        cairo_set_source_surface(to.get(), recording_->surface.get(), 0, 0);
        cairo_paint(to.get());
    }
    if (format == Format::png) cairo_surface_write_to_png_stream(surface.get(), append, &bytes);
    cairo_surface_finish(surface.get());
    TRIPARTITE_CHECK(cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS);
    if (format == Format::svg) {
        std::string description;
        for (const auto& placed : texts_) description += escaped(placed.text) + "\n";
        bytes.insert(bytes.find('>', bytes.find("<svg")) + 1, "\n<desc>" + description + "</desc>");
    }
    return bytes;
}

std::vector<CanvasPoint> thinned(std::span<const CanvasPoint> points, double pitch) {
    std::vector<CanvasPoint> kept;
    for (std::size_t begin = 0, end; begin < points.size(); begin = end) {
        const double column = std::floor(points[begin].x / pitch);
        for (end = begin + 1; end < points.size() && std::floor(points[end].x / pitch) == column;) ++end;
        const auto run = points.subspan(begin, end - begin);
        const auto [low, high] = std::ranges::minmax_element(run, {}, &CanvasPoint::y);
        std::array<std::size_t, 4> indices{0, std::size_t(low - run.begin()), std::size_t(high - run.begin()), run.size() - 1};
        std::ranges::sort(indices);
        for (auto to = indices.begin(); to != std::ranges::unique(indices).begin(); ++to) kept.push_back(run[*to]);
    }
    return kept;
}

}  // namespace tripartite
