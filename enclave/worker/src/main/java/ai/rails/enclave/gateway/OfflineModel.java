package ai.rails.enclave.gateway;

import com.fasterxml.jackson.databind.JsonNode;

/// A model inside the worker, behind the same actions as those of the vendors.
public interface OfflineModel {
  /// Under which its use is recorded, for example `offline-classifier`.
  String name();

  /// Exactly which model it is, as a workflow pins it; a workflow that pins another gets no answer.
  String id();

  /// Sorts a ticket. Parameters and answer are those of the action `triage`: out of
  /// `short_description`, `description` and `categories` it makes `category`, `confidence` and
  /// `summary`.
  JsonNode triage(JsonNode params);
}
