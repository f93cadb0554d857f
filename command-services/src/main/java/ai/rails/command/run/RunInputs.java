package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.key.SealedTo;
import ai.rails.command.workflow.Digests;
import ai.rails.command.workflow.DisclosedFields;
import ai.rails.domain.SealedRef;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.postgres.Sql;

/// A run's inputs as a client gave them, checked against what the workflow declares: all of them,
/// and no other; content sealed, the rest in the clear.
///
/// @param refs names the sealed ones in events
/// @param ciphertexts what lies under the refs
record RunInputs(
    Map<String, String> disclosed, List<SealedRef> refs, Map<String, byte[]> ciphertexts) {
  private static final int MAX_SEALED_BYTES = 512 << 10;
  private static final String PREFIX = "input/";

  RunInputs {
    disclosed = Map.copyOf(disclosed);
    refs = List.copyOf(refs);
    ciphertexts = Map.copyOf(ciphertexts);
  }

  /// @param ingestPublic the release's key, to which content must be sealed
  /// @throws Problem with 422 naming the input
  static RunInputs of(
      Workflow workflow,
      Map<String, JsonNode> given,
      Map<String, String> sealed,
      byte[] ingestPublic) {
    requireDeclared(workflow, given, sealed);
    Map<String, String> disclosed = new TreeMap<>();
    List<SealedRef> refs = new ArrayList<>();
    Map<String, byte[]> ciphertexts = new TreeMap<>();
    for (Map.Entry<String, Field> input : new TreeMap<>(workflow.inputs()).entrySet()) {
      String name = input.getKey();
      if (input.getValue().type() == Field.Type.CONTENT) {
        byte[] ciphertext = decoded(name, present(name, "sealedInputs", sealed));
        SealedTo.require(ingestPublic, ciphertext, "input " + name);
        refs.add(new SealedRef(PREFIX + name, Digests.hex(ciphertext), ciphertext.length));
        ciphertexts.put(PREFIX + name, ciphertext);
      } else {
        disclosed.put(
            name, DisclosedFields.text(name, input.getValue(), present(name, "inputs", given)));
      }
    }
    return new RunInputs(disclosed, refs, ciphertexts);
  }

  /// Writes the sealed inputs, before the event that names them.
  void store(Connection connection, String tenant, String run) throws SQLException {
    for (Map.Entry<String, byte[]> content : ciphertexts.entrySet()) {
      Sql.execute(
          connection,
          "INSERT INTO sealed_content (tenant, run, ref, ciphertext) VALUES (?, ?, ?, ?)",
          tenant,
          run,
          content.getKey(),
          content.getValue());
    }
  }

  private static void requireDeclared(
      Workflow workflow, Map<String, JsonNode> given, Map<String, String> sealed) {
    List<String> names = new ArrayList<>(given.keySet());
    names.addAll(sealed.keySet());
    for (String name : names) {
      if (!workflow.inputs().containsKey(name)) {
        throw Problem.invalid(
            "workflow %s has no input %s".formatted(workflow.id(), Json.name(name)));
      }
    }
  }

  private static <T> T present(String name, String member, Map<String, T> values) {
    T value = values.get(name);
    if (value == null) {
      throw Problem.invalid("input %s is missing; give it in %s".formatted(name, member));
    }
    return value;
  }

  private static byte[] decoded(String name, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (bytes.length <= MAX_SEALED_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("input %s must be HPKE ciphertext in base64".formatted(name));
    }
    throw Problem.invalid("input %s has more than %d bytes".formatted(name, MAX_SEALED_BYTES));
  }
}
