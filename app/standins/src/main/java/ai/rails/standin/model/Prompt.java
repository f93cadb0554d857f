package ai.rails.standin.model;

import com.fasterxml.jackson.databind.JsonNode;

/// What a model is asked, whichever vendor's form it came in. `schema` is a missing node when any
/// text will do.
public record Prompt(String vendor, String model, String system, String user, JsonNode schema) {
  public Prompt {
    schema = schema.deepCopy();
  }

  /// Everything that counts as input.
  public String text() {
    return system + "\n" + user + (schema.isMissingNode() ? "" : "\n" + schema);
  }
}
