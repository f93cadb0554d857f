package ai.rails.standin.servicenow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Form;
import ai.rails.standin.Json;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;

/// The five operations on records, for a user who has been told apart already.
///
/// As in the vendor's API: columns that do not exist and read-only ones are dropped without a word,
/// a value outside a choice list is stored, and a reference to nothing is stored as given. Only
/// reading back shows what a write did.
final class TableApi {
  private final Instance instance;
  private final InstanceSettings settings;
  private final InstantSource clock;
  private final RecordView view;

  TableApi(Instance instance, InstanceSettings settings, InstantSource clock) {
    this.instance = instance;
    this.settings = settings;
    this.clock = clock;
    this.view = new RecordView(settings.instanceUrl(), instance.tables());
  }

  /// Answers for `/table/{table}`.
  Response collection(TableSchema schema, Request request, String user) {
    return switch (request.method()) {
      case "GET" -> list(schema, request);
      case "POST" ->
          settings.readOnlyUsers().contains(user)
              ? Errors.forbidden("Insert")
              : insert(schema, request, user);
      default -> Errors.method(request.method());
    };
  }

  /// Answers for `/table/{table}/{sys_id}`.
  Response member(TableSchema schema, String sysId, Request request, String user) {
    Optional<Row> found = instance.tables().find(schema.name(), sysId);
    if (found.isEmpty()) {
      return Errors.noRecord();
    }
    boolean readOnly = settings.readOnlyUsers().contains(user);
    return switch (request.method()) {
      case "GET" -> shown(200, schema, found.get(), request);
      case "PATCH", "PUT" ->
          readOnly ? Errors.forbidden("Update") : update(schema, found.get(), request, user);
      case "DELETE" -> {
        if (readOnly) {
          yield Errors.forbidden("Delete");
        }
        instance.delete(schema, found.get());
        yield Response.empty(204);
      }
      default -> Errors.method(request.method());
    };
  }

  private Response list(TableSchema schema, Request request) {
    Map<String, String> query = request.query();
    ViewOptions options = ViewOptions.of(query);
    List<Row> rows =
        instance.select(
            schema,
            EncodedQuery.parse(
                schema, query.getOrDefault("sysparm_query", "") + plainFilters(schema, query)));
    ArrayNode page = Json.MAPPER.createArrayNode();
    rows.stream()
        .skip(options.offset())
        .limit(options.limit())
        .forEach(row -> page.add(view.render(schema, row, options)));
    Response response =
        Response.json(200, Json.object().set("result", page))
            .with("X-Total-Count", Integer.toString(rows.size()));
    String links = links(schema, query, options, rows.size());
    return links.isEmpty() ? response : response.with("Link", links);
  }

  /// `?number=INC0010001` filters as well as `sysparm_query` does.
  private static String plainFilters(TableSchema schema, Map<String, String> query) {
    return query.entrySet().stream()
        .filter(each -> schema.fields().contains(each.getKey()))
        .map(each -> "^" + each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining());
  }

  private Response insert(TableSchema schema, Request request, String user) {
    ObjectNode sent = body(request);
    Row fresh = instance.fresh(schema, user);
    Row row = fresh.with(accepted(schema, sent, request));
    List<Row> notes = notes(schema, row, sent, user);
    if (schema.name().equals("incident")) {
      row = row.has("opened_by") ? row : row.with("opened_by", userId(user));
      row = IncidentRules.applied(row, row, clock.instant());
      String complaint = IncidentRules.complaint(row);
      if (!complaint.isEmpty()) {
        return Errors.policy(complaint);
      }
    }
    instance.insert(schema, row, sent, notes);
    return shown(201, schema, row, request).with("Location", view.link(schema.name(), row.sysId()));
  }

  /// PUT changes only what it names, like PATCH. A write that changes nothing leaves
  /// `sys_mod_count` alone, but is journalled.
  private Response update(TableSchema schema, Row before, Request request, String user) {
    ObjectNode sent = body(request);
    Row after = before.with(accepted(schema, sent, request));
    List<Row> notes = notes(schema, before, sent, user);
    if (schema.name().equals("incident")) {
      after = IncidentRules.applied(before, after, clock.instant());
      String complaint = IncidentRules.complaint(after);
      if (!complaint.isEmpty()) {
        return Errors.policy(complaint);
      }
    }
    if (!after.equals(before) || !notes.isEmpty()) {
      after =
          after.with(
              Map.of(
                  "sys_mod_count", IncidentRules.increment(before.get("sys_mod_count")),
                  "sys_updated_on", IncidentRules.time(clock.instant()),
                  "sys_updated_by", user));
    }
    instance.update(schema, after, sent, notes);
    return shown(200, schema, after, request);
  }

  private Response shown(int status, TableSchema schema, Row row, Request request) {
    JsonNode result = view.render(schema, row, ViewOptions.of(request.query()));
    Response response = Response.json(status, Json.object().set("result", result));
    return request.header("x-no-response-body").orElse("").equals("true")
        ? response.withoutBody()
        : response;
  }

  private static ObjectNode body(Request request) {
    if (request.body().isBlank()) {
      throw new MalformedRequest("The payload is not valid JSON.");
    }
    return Json.parseObject(request.body());
  }

  /// The columns that a write may set, with their values as strings.
  private Map<String, String> accepted(TableSchema schema, ObjectNode sent, Request request) {
    boolean byName =
        request.query().getOrDefault("sysparm_input_display_value", "false").equals("true");
    Map<String, String> accepted = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : sent.properties()) {
      String field = member.getKey();
      if (schema.writable(field) && !schema.journals().contains(field)) {
        String value = text(field, member.getValue());
        accepted.put(field, byName ? named(schema, field, value) : value);
      }
    }
    return accepted;
  }

  private List<Row> notes(TableSchema schema, Row row, ObjectNode sent, String user) {
    List<Row> notes = new ArrayList<>();
    for (String element : List.of("work_notes", "comments")) {
      String text = text(element, sent.path(element));
      if (schema.journals().contains(element) && !text.isEmpty()) {
        notes.add(instance.note(row, element, text, user));
      }
    }
    return notes;
  }

  private static String text(String field, JsonNode value) {
    if (value.isContainerNode()) {
      throw new MalformedRequest("the value of " + field + " is not a scalar");
    }
    return value.isNull() ? "" : value.asText();
  }

  private String named(TableSchema schema, String field, String value) {
    String target = schema.references().getOrDefault(field, "");
    return TableSchema.named(target)
        .flatMap(other ->
            instance.tables().all(target).stream()
                .filter(row -> row.get(other.display()).equals(value))
                .map(Row::sysId)
                .findFirst())
        .orElse(value);
  }

  private String userId(String user) {
    return instance.tables().all("sys_user").stream()
        .filter(row -> row.get("user_name").equals(user))
        .map(Row::sysId)
        .findFirst()
        .orElse(user);
  }

  private String links(
      TableSchema schema, Map<String, String> query, ViewOptions options, int total) {
    if (options.limit() == 0 || total <= options.limit()) {
      return "";
    }
    int last = (total - 1) / options.limit() * options.limit();
    Map<String, Integer> offsets = new LinkedHashMap<>();
    offsets.put("first", 0);
    if (options.offset() > 0) {
      offsets.put("prev", Math.max(0, options.offset() - options.limit()));
    }
    if (options.offset() + options.limit() < total) {
      offsets.put("next", options.offset() + options.limit());
    }
    offsets.put("last", last);
    return offsets.entrySet().stream()
        .map(each ->
            "<"
                + page(schema, query, each.getValue(), options.limit())
                + ">;rel=\""
                + each.getKey()
                + "\"")
        .collect(Collectors.joining(","));
  }

  private String page(TableSchema schema, Map<String, String> query, int offset, int limit) {
    Map<String, String> members = new LinkedHashMap<>(query);
    members.put("sysparm_limit", Integer.toString(limit));
    members.put("sysparm_offset", Integer.toString(offset));
    return settings.instanceUrl() + "/api/now/table/" + schema.name() + "?" + Form.encode(members);
  }
}
