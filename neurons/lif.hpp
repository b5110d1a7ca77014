#pragma once
#include <array>
#include <cmath>
#include <limits>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron, discrete in time, input x[t] held over the step.
///
///   u[t] = beta v[t-1] + g x[t] + (1 - beta) v_rest,   g = gain, times 1, 1 - beta or dt/tau_m by input_scale
///   s[t] = H(u[t] - threshold)
///   v[t] = u[t] - s[t] threshold       reset: subtract (soft reset)
///        = (1 - s[t]) u[t] + s[t] v_r  reset: value, or zero (v_r = 0)
///        = u[t]                        reset: none
///
/// beta = exp(-dt/tau_m) (exact), 1 - dt/tau_m (euler), or given. With `reset_delay` the reset of s[t-1] is part of step t:
/// u[t] = beta v[t-1] + g x[t] - s[t-1] threshold, or beta v_r + g x[t]; the reset spike then carries no gradient.
/// Forms: snnTorch Leaky, SpikingJelly LIFNode and ParametricLIFNode, Norse LIFBox, as read in their source code.
/// snnTorch's `reset_delay=False` is our immediate reset as long as no membrane exceeds twice the threshold.
struct Lif {
    static constexpr std::string_view name = "lif", doc = "leaky integrate-and-fire, in the forms of snnTorch, SpikingJelly and Norse";
    static constexpr bool spiking = true;

    enum class Decay { exact, euler };
    enum class InputScale { none, one_minus_beta, dt_over_tau };
    enum class Reset { zero, subtract, value, none };
    enum class Compare { ge, gt };
    static constexpr std::string_view decays[] = {"exact", "euler"}, scales[] = {"none", "one_minus_beta", "dt_over_tau"},
                                      resets[] = {"zero", "subtract", "value", "none"}, compares[] = {"ge", "gt"};

    template <class T> struct Params {
        T tau_m = 10.0;
        T beta = std::numeric_limits<double>::quiet_NaN();
        T threshold = 1.0, gain = 1.0, v_rest = 0.0, v_reset = 0.0;
        Decay decay = Decay::exact;
        InputScale input_scale = InputScale::none;
        Reset reset = Reset::subtract;
        bool reset_delay = false;
        Compare compare = Compare::ge;
        bool detach_reset = true;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau_m", &P::tau_m, "ms", "membrane time constant").positive().learnable(Learned::by_sigmoid),
            field("beta", &P::beta, "", "decay of one step, in place of tau_m").within(0, 1).learnable(Learned::directly),
            field("threshold", &P::threshold, "", "firing threshold").positive().learnable(Learned::directly),
            field("gain", &P::gain, "", "factor of the input").learnable(Learned::directly),
            field("v_rest", &P::v_rest, "", "membrane at rest").learnable(Learned::directly),
            field("v_reset", &P::v_reset, "", "membrane after a spike, with 'reset: value', else without effect").learnable(Learned::directly),
            field("decay", &P::decay, "", "how tau_m becomes beta: exp(-dt/tau_m), or 1 - dt/tau_m").one_of(decays),
            field("input_scale", &P::input_scale, "", "by what the input is multiplied besides: 1, 1 - beta, or dt/tau_m").one_of(scales),
            field("reset", &P::reset, "", "what a spike does to the membrane").one_of(resets),
            field("reset_delay", &P::reset_delay, "", "reset one step after the spike, as snnTorch does by default"),
            field("compare", &P::compare, "", "fires at membrane >= threshold, or only above it").one_of(compares),
            field("detach_reset", &P::detach_reset, "", "no gradient through the spike that resets"),
        };
    }
    template <class T> static std::string_view problem(const Params<T>& p) {
        if (!std::isnan(p.beta) && p.input_scale == InputScale::dt_over_tau) return "input_scale: dt_over_tau needs tau_m in place of beta";
        if (p.reset == Reset::value && p.v_reset >= p.threshold) return "v_reset must be below threshold";
        return "";
    }

    template <class T> struct State { T v; };
    template <class T> static constexpr auto state_fields() { return std::tuple{field("v", &State<T>::v, "", "membrane potential")}; }
    static State<double> initial(const Params<double>& p) { return {p.v_rest}; }

    template <class T> struct Coefficients { T beta, gain, leak, threshold, jump, v_reset, bound; };
    /// dt in ms. For T = Dual the same function gives the chain rule from the coefficients to the parameters.
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const bool given = p.beta >= T(0.0);  // false for NaN
        const T ratio = T(dt) / p.tau_m;
        const T beta = given ? p.beta : p.decay == Decay::exact ? exp(T(0.0) - ratio) : T(1.0) - ratio;
        const T scale = p.input_scale == InputScale::none ? T(1.0) : p.input_scale == InputScale::one_minus_beta ? T(1.0) - beta : ratio;
        return {beta, p.gain * scale, (T(1.0) - beta) * p.v_rest, p.threshold, p.reset == Reset::none ? T(0.0) : p.threshold,
                p.reset == Reset::value ? p.v_reset : T(0.0), T(p.compare == Compare::gt ? fires_above : 0.0)};
    }
    static bool detaches_reset(const Params<double>& p) { return p.detach_reset; }

    /// The kinds of reset, each compiled on its own: subtract (and none, which subtracts 0) or set, in this step or the next.
    enum Variant { subtract_now, set_now, subtract_later, set_later };
    static constexpr int variants = 4;
    static int variant(const Params<double>& p) {
        return (p.reset == Reset::zero || p.reset == Reset::value) + 2 * p.reset_delay;
    }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        const T drive = fma(k.gain, x[0], k.leak);
        if constexpr (variant == subtract_later) s.v = fma(k.beta, s.v, drive) - fired(s, k) * k.jump;
        else if constexpr (variant == set_later) s.v = fma(k.beta, (value_of<T>(1) - fired(s, k)) * s.v + fired(s, k) * k.v_reset, drive);
        else s.v = fma(k.beta, s.v, drive);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        using V = value_of<T>;
        if constexpr (variant == subtract_now) s.v = s.v - spike * k.jump;
        if constexpr (variant == set_now) s.v = (V(1) - spike) * s.v + spike * k.v_reset;
    }

private:
    /// The spike of the step before, decided again from the membrane that decided it; it carries no gradient.
    template <class T> TRIPARTITE_INLINE static auto fired(const State<T>& s, const auto& k) {
        using V = value_of<T>;
        return select(value(s.v) - value(k.threshold) >= value(k.bound), V(1), V(0));
    }
};

}  // namespace tripartite
