package ai.rails.enclave.gateway;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.gateway.ScriptedHost.Seen;

/// One incident behind a Table API, as much of it as the connector uses. Guarded by its own lock.
final class Incidents {
  static final String ID = "a9e30c7dc61122760116894de7bcc7bd";
  static final String TOKEN = "granted-token-0123456789";

  private final ObjectNode record = ContentJson.MAPPER.createObjectNode();
  private final StringBuilder journal = new StringBuilder();
  private final Map<String, Deque<UnaryOperator<Reply>>> faults = new ConcurrentHashMap<>();
  private final Map<String, Reply> instead = new ConcurrentHashMap<>();
  private int writes;

  Incidents() {
    record
        .put("sys_id", ID)
        .put("number", "INC0010002")
        .put("short_description", "printer on fire")
        .put("description", "it burns")
        .put("category", "inquiry")
        .put("urgency", "3")
        .put("sys_mod_count", "4");
    record.putObject("assignment_group").put("link", "https://x").put("value", "0".repeat(32));
  }

  /// The next answer to this kind of request (`token`, `read`, `journal`, `write`) is changed; what
  /// it did stays done.
  void spoil(String kind, UnaryOperator<Reply> fault) {
    faults.computeIfAbsent(kind, _ -> new ArrayDeque<>()).add(fault);
  }

  /// Requests of this kind get this answer and do nothing.
  void refuse(String kind, Reply reply) {
    instead.put(kind, reply);
  }

  synchronized void set(String field, String value) {
    record.put(field, value);
  }

  synchronized int writes() {
    return writes;
  }

  synchronized String journal() {
    return journal.toString();
  }

  synchronized Reply answer(Seen request) {
    String kind = kind(request);
    Reply refusal = instead.get(kind);
    if (refusal != null) {
      return refusal;
    }
    Reply reply =
        switch (kind) {
          case "token" -> Reply.json(200, "{\"access_token\":\"%s\"}".formatted(TOKEN));
          case "journal" -> journal(request);
          case "write" -> write(request.body());
          default -> record();
        };
    UnaryOperator<Reply> fault =
        Optional.ofNullable(faults.get(kind)).map(Deque::poll).orElse(UnaryOperator.identity());
    return fault.apply(reply);
  }

  private static String kind(Seen request) {
    if (request.target().startsWith("/oauth_token.do")) {
      return "token";
    }
    return request.method().equals("PATCH")
        ? "write"
        : request.target().contains("sys_journal_field") ? "journal" : "read";
  }

  private Reply record() {
    return Reply.json(200, ContentJson.MAPPER.createObjectNode().set("result", record).toString());
  }

  private Reply journal(Seen request) {
    String marker =
        URLDecoder.decode(
            request.target().replaceAll(".*valueLIKE([^&]*).*", "$1"), StandardCharsets.UTF_8);
    boolean found = journal.indexOf(marker) >= 0;
    return Reply.json(
        200, found ? "{\"result\":[{\"sys_id\":\"" + "1".repeat(32) + "\"}]}" : "{\"result\":[]}");
  }

  private Reply write(String body) {
    try {
      JsonNode sent = ContentJson.MAPPER.readTree(body);
      journal.append(sent.path("work_notes").asText()).append('\n');
      sent.propertyStream()
          .filter(each -> !each.getKey().equals("work_notes"))
          .forEach(each -> record.set(each.getKey(), each.getValue()));
      writes++;
      record.put(
          "sys_mod_count",
          Integer.toString(Integer.parseInt(record.path("sys_mod_count").asText()) + 1));
      return record();
    } catch (IOException e) {
      return Reply.json(400, "{}");
    }
  }
}
