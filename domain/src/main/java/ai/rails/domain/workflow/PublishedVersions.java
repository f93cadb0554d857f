package ai.rails.domain.workflow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The versions of one workflow.
///
/// @param versions by their number
/// @param refused digests that were found altered
/// @param active environment to the version that new runs start on
/// @param released environment to the versions that may run there
public record PublishedVersions(
    Map<String, Version> versions,
    Set<String> refused,
    Map<String, String> active,
    Map<String, Set<String>> released) {
  /// Before the first event.
  public static final PublishedVersions NONE =
      new PublishedVersions(Map.of(), Set.of(), Map.of(), Map.of());

  public PublishedVersions {
    versions = Map.copyOf(versions);
    refused = Set.copyOf(refused);
    active = Map.copyOf(active);
    released = Map.copyOf(released);
  }

  /// What was published under a number.
  public record Version(String digest, String author) {}

  boolean isReleased(String environment, String version) {
    return released.getOrDefault(environment, Set.of()).contains(version);
  }

  PublishedVersions published(String number, Version version) {
    Map<String, Version> all = new HashMap<>(versions);
    all.put(number, version);
    return new PublishedVersions(all, refused, active, released);
  }

  PublishedVersions activated(String environment, String number) {
    Map<String, String> all = new HashMap<>(active);
    all.put(environment, number);
    return new PublishedVersions(versions, refused, all, released);
  }

  PublishedVersions deactivated(String environment) {
    Map<String, String> all = new HashMap<>(active);
    all.remove(environment);
    return new PublishedVersions(versions, refused, all, released);
  }

  PublishedVersions refused(String digest) {
    Set<String> all = new HashSet<>(refused);
    all.add(digest);
    return new PublishedVersions(versions, all, active, released);
  }

  PublishedVersions released(String environment, String number) {
    Set<String> there = new HashSet<>(released.getOrDefault(environment, Set.of()));
    there.add(number);
    return withReleased(environment, there);
  }

  PublishedVersions withdrawn(String environment, String number) {
    Set<String> there = new HashSet<>(released.getOrDefault(environment, Set.of()));
    there.remove(number);
    return withReleased(environment, there);
  }

  private PublishedVersions withReleased(String environment, Set<String> there) {
    Map<String, Set<String>> all = new HashMap<>(released);
    all.put(environment, Set.copyOf(there));
    return new PublishedVersions(versions, refused, active, all);
  }
}
