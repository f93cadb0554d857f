package ai.rails.domain.run;

/// A model that a step may ask, where its instance is.
///
/// @param connector its provider, as policy names it
/// @param instance the tenant's
/// @param region of the instance, as its setting `region` says; empty if it does not
/// @param answers false while the instance is out, or after it failed in this step
public record ModelRoute(
    String connector, String instance, String model, String region, boolean answers) {}
