#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A drawing, made once and written as SVG, PNG or PDF. Lengths are in points (1/72 inch), y grows downwards.
namespace tripartite {

struct CanvasPoint {
    double x, y;
};

struct Box {
    double left, top, width, height;
    double right() const { return left + width; }
    double bottom() const { return top + height; }
};

struct Colour {
    double red, green, blue, alpha = 1;
    constexpr Colour faded(double to) const { return {red, green, blue, to}; }
    bool operator==(const Colour&) const = default;
};
constexpr Colour ink{0.16, 0.16, 0.16}, quiet_ink{0.42, 0.42, 0.42}, axis_grey{0.6, 0.6, 0.6}, grid_grey{0.89, 0.89, 0.89};

enum class Align { left, centre, right };

struct TextStyle {
    double size = 8;
    Colour colour = ink;
    Align align = Align::left;
    bool bold = false;
};
constexpr TextStyle small_text{.size = 7.5, .colour = quiet_ink}, heading_text{.bold = true}, title_text{.size = 10, .bold = true};

enum class Format { svg, png, pdf };
constexpr std::string_view format_names[]{"svg", "png", "pdf"};

/// A box of this width and height around each point.
struct Marks {
    std::vector<CanvasPoint> points;
    double width, height;
    Colour colour;
};

class Canvas {
public:
    explicit Canvas(double width);
    ~Canvas();
    Canvas(Canvas&&) noexcept;

    double width() const { return width_; }

    /// A line through the points. Of points that lie closer together than can be seen, the extremes are kept.
    void line(std::span<const CanvasPoint> points, Colour colour, double line_width);
    void fill(const Box& box, Colour colour);
    void disc(CanvasPoint centre, double radius, Colour colour);
    /// More than 4000 marks become one image of 288 dpi on white, so that a file stays small.
    void marks(std::span<const Marks> all);
    /// Text whose digits are centred vertically on `at`.
    void text(CanvasPoint at, const std::string& text, const TextStyle& style = {});
    /// Text in lines of at most `width`; returns the y of the line below.
    double paragraph(CanvasPoint at, double width, const std::string& text, const TextStyle& style);

    static double text_width(const std::string& text, const TextStyle& style = {});

    struct PlacedText {
        std::string text;
        Box box;
    };
    /// What has been written, in its order; the SVG carries it as its description, for those who cannot see it.
    const std::vector<PlacedText>& texts() const { return texts_; }

    /// The picture as the contents of a file; as high as what has been drawn, with a margin.
    std::string encoded(Format format) const;

private:
    struct Recording;
    void image_of(std::span<const Marks> all);

    double width_;
    std::unique_ptr<Recording> recording_;
    std::vector<PlacedText> texts_;
};

/// Of each run of points whose x fall into one interval of length `pitch`, at most the first, lowest, highest and last, in their order.
std::vector<CanvasPoint> thinned(std::span<const CanvasPoint> points, double pitch);

}  // namespace tripartite
