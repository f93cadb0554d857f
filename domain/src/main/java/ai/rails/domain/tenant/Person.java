package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A person or service of a tenant as its events made it.
///
/// @param roles what the subject may do now
/// @param keys ids of keys that were issued and not revoked, with the ends of their lives
/// @param proposals roles that were proposed and not decided about
/// @param delegations of the subject's say, with the ends of their lives
/// @param passkeys that were registered and not removed: whether they count
/// @param links identities elsewhere that were proposed and not decided about
/// @param audits grants of access as an auditor from outside that were not ended, with their ends
public record Person(
    Set<String> roles,
    Map<String, Instant> keys,
    Map<String, Proposal> proposals,
    Map<String, Instant> delegations,
    Map<String, Boolean> passkeys,
    Map<String, LinkProposal> links,
    Map<String, Instant> audits) {
  /// Before the first event.
  public static final Person NONE =
      new Person(Set.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  public Person {
    roles = Set.copyOf(roles);
    keys = Map.copyOf(keys);
    proposals = Map.copyOf(proposals);
    delegations = Map.copyOf(delegations);
    passkeys = Map.copyOf(passkeys);
    links = Map.copyOf(links);
    audits = Map.copyOf(audits);
  }

  /// Roles that somebody proposed.
  public record Proposal(List<String> roles, String by) {
    public Proposal {
      roles = List.copyOf(roles);
    }
  }

  /// An identity elsewhere that somebody says is the subject's.
  public record LinkProposal(PersonEvent.Provider provider, String externalDigest, String by) {}

  Person withRoles(List<String> now) {
    return new Person(Set.copyOf(now), keys, proposals, delegations, passkeys, links, audits);
  }

  Person withKeys(Map<String, Instant> now) {
    return new Person(roles, now, proposals, delegations, passkeys, links, audits);
  }

  Person withProposals(Map<String, Proposal> now) {
    return new Person(roles, keys, now, delegations, passkeys, links, audits);
  }

  Person withDelegations(Map<String, Instant> now) {
    return new Person(roles, keys, proposals, now, passkeys, links, audits);
  }

  Person withPasskeys(Map<String, Boolean> now) {
    return new Person(roles, keys, proposals, delegations, now, links, audits);
  }

  Person withLinks(Map<String, LinkProposal> now) {
    return new Person(roles, keys, proposals, delegations, passkeys, now, audits);
  }

  Person withAudits(Map<String, Instant> now) {
    return new Person(roles, keys, proposals, delegations, passkeys, links, now);
  }

  /// A map with one entry more, other or less.
  static <V> Map<String, V> changed(Map<String, V> map, String key, Optional<V> value) {
    Map<String, V> copy = new HashMap<>(map);
    copy.remove(key);
    value.ifPresent(now -> copy.put(key, now));
    return copy;
  }
}
