#pragma once
#include <cmath>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "engine/normalised_kernels.hpp"
#include "engine/neuron_spec.hpp"

namespace tripartite {

/// Which parameter to learn; per neuron, or one value for all.
struct Learn {
    std::string parameter;
    bool per_neuron = false;
};

/// Where the compiled loops of a model come from. A user's own model is compiled where it is used; the models that ship
/// specialise this, so that they are compiled once per instruction set.
template <class M> struct CompiledKernels {
    template <class Real> static NeuronKernels<Real> get(int variant) {
        return [&]<int... v>(std::integer_sequence<int, v...>) {
            const NeuronKernels<Real> all[] = {make_neuron_kernels<M, v, Real>()...};
            return all[variant];
        }(std::make_integer_sequence<int, num_variants<M>>{});
    }
};

namespace detail {

/// The same parameters with another scalar; learned ones are set afterwards.
template <class M, class T> typename M::template Params<T> convert(const typename M::template Params<double>& from) {
    typename M::template Params<T> to;
    const auto target = M::template fields<T>();
    const auto source = M::template fields<double>();
    [&]<std::size_t... i>(std::index_sequence<i...>) {
        ((to.*(std::get<i>(target).member) = from.*(std::get<i>(source).member)), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(M::template fields<double>())>>{});
    return to;
}

template <class M, class T> void set(typename M::template Params<T>& params, std::string_view name, T value) {
    for_each_field(M::template fields<T>(), [&](const auto& f) {
        if constexpr (std::is_same_v<typename std::decay_t<decltype(f)>::type, T>)
            if (f.name == name) params.*(f.member) = value;
    });
}

/// Checks that the model has such a parameter, and that it is a number.
template <class M> const std::string& number_parameter(const std::string& name) {
    bool found = false;
    for_each_field(M::template fields<double>(), [&](const auto& f) {
        found = found || (f.name == name && std::is_same_v<typename std::decay_t<decltype(f)>::type, double>);
    });
    if (!found) fail("{} has no parameter '{}' that is a number", M::name, name);
    return name;
}

template <class M> LearnedParameter learned_parameter(const typename M::template Params<double>& params, const Learn& learn) {
    LearnedParameter p{learn.parameter, learn.per_neuron};
    bool found = false;
    for_each_field(M::template fields<double>(), [&](const auto& f) {
        if constexpr (std::is_same_v<typename std::decay_t<decltype(f)>::type, double>)
            if (f.name == learn.parameter && f.learned != Learned::no) {
                found = true;
                p.how = f.learned, p.initial = params.*(f.member), p.min = f.min, p.max = f.max;
            }
    });
    if (!found) fail("{} has no parameter '{}' that can be learned", M::name, learn.parameter);
    if (!(p.initial == p.initial)) fail("{}: '{}' is learned and needs an initial value", M::name, learn.parameter);
    if (p.how != Learned::by_sigmoid && !std::isfinite(p.stored(p.initial, 1)))
        fail("{}: '{}' is learned and must start inside its bounds, got {}", M::name, learn.parameter, p.initial);
    return p;
}

}  // namespace detail

/// A neuron model with its parameters, ready for a network; the values of those in `per_neuron` are given to discretise().
/// Throws Error if the parameters contradict each other.
template <NeuronModel M> NeuronSpec make_neuron(const typename M::template Params<double>& params = {}, const std::vector<Learn>& learn = {},
                                                const std::vector<std::string>& per_neuron = {}) {
    if (const std::string_view problem = M::problem(params); !problem.empty()) fail("{}: {}", M::name, problem);
    NeuronSpec spec;
    spec.model = M::name;
    spec.states = num_states<M>, spec.coefficients = num_coefficients<M>, spec.ports = num_ports<M>;
    spec.substeps = num_substeps<M>, spec.spiking = M::spiking;
    if constexpr (requires { M::port_names; }) {
        spec.port_names.assign(std::begin(M::port_names), std::end(M::port_names));
        spec.port_units.assign(std::begin(M::port_units), std::end(M::port_units));
    } else spec.port_names.assign(num_ports<M>, "input"), spec.port_units.assign(num_ports<M>, "");
    if constexpr (requires { M::interval(params); }) spec.interval = M::interval(params);
    if constexpr (requires { M::longest_dt(params); }) spec.longest_dt = M::longest_dt(params);
    if constexpr (requires { M::lasting; }) spec.lasting = M::lasting;
    if constexpr (requires { M::detaches_reset(params); }) spec.detach_reset = M::detaches_reset(params);
    const auto initial = M::initial(params);
    spec.initial.assign(members<double>(initial), members<double>(initial) + num_states<M>);
    for_each_field(M::template state_fields<double>(), [&](const auto& f) {
        spec.state_names.emplace_back(f.name), spec.state_units.emplace_back(f.unit);
    });
    spec.per_neuron = per_neuron;
    for (const auto& l : learn) spec.learned.push_back(detail::learned_parameter<M>(params, l));

    std::vector<std::string> names;
    for (const auto& l : learn) names.push_back(l.parameter);
    for (const auto& name : per_neuron) names.push_back(detail::number_parameter<M>(name));
    spec.discretise = [params, names, varied = !per_neuron.empty()](std::span<const double> values, double dt, std::span<double> out) {
        auto p = params;
        for (std::size_t j = 0; j < names.size(); ++j) detail::set<M, double>(p, names[j], values[j]);
        if (const std::string_view problem = varied ? M::problem(p) : ""; !problem.empty()) fail("{}: {}", M::name, problem);
        const auto k = M::coefficients(p, dt / num_substeps<M>);
        std::copy_n(members<double>(k), num_coefficients<M>, out.data());
    };
    if constexpr (has_learnable<M>)
        spec.derivative = [params, names = spec.learned](std::span<const double> learned, int j, double dt, std::span<double> out) {
            using D = Dual<double, 1>;
            auto p = detail::convert<M, D>(params);
            for (std::size_t i = 0; i < names.size(); ++i)
                detail::set<M, D>(p, names[i].name, int(i) == j ? D::seed(learned[i], 0) : D(learned[i]));
            const auto k = M::coefficients(p, dt / num_substeps<M>);
            for (int c = 0; c < num_coefficients<M>; ++c) out[c] = members<D>(k)[c].d[0];
        };
    int variant = 0;
    if constexpr (requires { M::variant(params); }) variant = M::variant(params);
    spec.trainable = is_trainable<M>(variant), spec.stochastic = is_stochastic<M>(variant);
    if constexpr (M::spiking)
        if constexpr (threshold_is_constant<M>)
            if (!spec.stochastic)
                spec.threshold = [](std::span<const double> k) {
                    typename M::template Coefficients<double> coefficients;
                    std::copy_n(k.data(), num_coefficients<M>, members<double>(coefficients));
                    return M::threshold(typename M::template State<double>{}, coefficients);
                };
    spec.float32 = CompiledKernels<M>::template get<float>(variant);
    spec.float64 = CompiledKernels<M>::template get<double>(variant);
    return spec;
}

}  // namespace tripartite
