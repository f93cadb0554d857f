package ai.rails.stream.siem;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.Actor;

/// One OCSF record in the making. Members are added in the order in which they are written. Every
/// text goes through [Shown]. Used by one thread.
final class OcsfDraft {
  static final String PLATFORM = "airails";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int ASSISTANT = 2;

  private final ObjectNode event = JSON.objectNode();
  private final ObjectNode metadata = JSON.objectNode();
  private final ObjectNode unmapped = JSON.objectNode();
  private final Activity activity;

  private OcsfDraft(Activity activity, Severity severity, long time) {
    this.activity = activity;
    OcsfClass ofClass = activity.ofClass();
    event.put("class_uid", ofClass.uid());
    event.put("class_name", ofClass.caption());
    event.put("category_uid", ofClass.categoryUid());
    event.put("category_name", ofClass.category());
    event.put("activity_id", activity.id());
    event.put("activity_name", activity.name());
    event.put("type_uid", activity.typeUid());
    event.put("type_name", activity.typeName());
    event.put("time", time);
    severity(severity);
    event.set("metadata", metadata);
    event.set("unmapped", unmapped);
  }

  static OcsfDraft of(Activity activity, Severity severity, long time) {
    return new OcsfDraft(activity, severity, time);
  }

  ObjectNode metadata() {
    return metadata;
  }

  /// A part of `unmapped`: what OCSF has no attribute for.
  ObjectNode unmapped(String part) {
    return unmapped.withObjectProperty(part);
  }

  ObjectNode event() {
    return event;
  }

  /// A member that is an object.
  ObjectNode object(String name) {
    return event.withObjectProperty(name);
  }

  OcsfDraft severity(Severity severity) {
    event.put("severity_id", severity.id());
    event.put("severity", severity.caption());
    return this;
  }

  OcsfDraft succeeded() {
    return status(1, "Success");
  }

  OcsfDraft failed(String code) {
    status(2, "Failure");
    return statusCode(code);
  }

  /// Neither a success nor a failure.
  OcsfDraft status(String caption) {
    return status(99, caption);
  }

  OcsfDraft status(int id, String caption) {
    event.put("status_id", id);
    event.put("status", caption);
    return this;
  }

  OcsfDraft statusCode(String code) {
    event.put("status_code", Shown.code(code));
    return this;
  }

  OcsfDraft profile(String profile) {
    var profiles = metadata.withArrayProperty("profiles");
    if (profiles.valueStream().noneMatch(p -> p.textValue().equals(profile))) {
      profiles.add(profile);
    }
    return this;
  }

  /// Who did it. Workers and clocks are applications, people and services users.
  OcsfDraft actor(Actor actor) {
    if (activity.ofClass().actorIsOfHostProfile()) {
      profile("host");
    }
    ObjectNode node = object("actor");
    switch (actor.kind()) {
      case USER -> node.set("user", user(actor.id(), 1, "User"));
      case SERVICE -> node.set("user", user(actor.id(), 4, "Service"));
      case WORKER -> node.put("app_name", "airails-worker").put("app_uid", Shown.id(actor.id()));
      case TIMER -> node.put("app_name", "airails-timer").put("app_uid", Shown.id(actor.id()));
    }
    return this;
  }

  static ObjectNode user(String id) {
    return user(id, 1, "User");
  }

  static ObjectNode user(String id, int typeId, String type) {
    return JSON.objectNode().put("uid", Shown.id(id)).put("type_id", typeId).put("type", type);
  }

  /// What was called, for API Activity: the platform is where it came from.
  OcsfDraft api(String operation, String service) {
    ObjectNode api = object("api");
    api.put("operation", Shown.route(operation));
    api.withObjectProperty("service").put("name", Shown.id(service));
    object("src_endpoint").put("svc_name", PLATFORM);
    return this;
  }

  OcsfDraft request(String uid) {
    object("api").withObjectProperty("request").put("uid", Shown.id(uid));
    return this;
  }

  OcsfDraft resource(String type, String uid) {
    event.withArrayProperty("resources").add(resourceNode(type, uid));
    return this;
  }

  /// What was handed out, for Web Resources Activity.
  OcsfDraft webResource(String type, String uid) {
    event.withArrayProperty("web_resources").add(resourceNode(type, uid));
    return this;
  }

  static ObjectNode resourceNode(String type, String uid) {
    return JSON.objectNode().put("type", type).put("uid", Shown.id(uid));
  }

  OcsfDraft destination(String host, int port) {
    if (!host.isEmpty()) {
      ObjectNode endpoint = object("dst_endpoint").put("hostname", Shown.id(host));
      if (port > 0 && port <= 65_535) {
        endpoint.put("port", port);
      }
    }
    return this;
  }

  OcsfDraft entity(String type, String uid) {
    object("entity").put("type", type).put("type_id", 99).put("uid", Shown.id(uid));
    return this;
  }

  OcsfDraft version(String version) {
    object("entity").put("version", Shown.id(version));
    return this;
  }

  /// A reason code, never a sentence.
  OcsfDraft comment(String code) {
    event.put("comment", Shown.code(code));
    return this;
  }

  OcsfDraft app(String workflow, Optional<String> version) {
    ObjectNode app = object("app").put("name", Shown.id(workflow)).put("uid", Shown.id(workflow));
    version.ifPresent(v -> app.put("version", Shown.id(v)));
    return this;
  }

  /// What a control did about it.
  OcsfDraft control(Control control) {
    profile("security_control");
    event.put("action_id", control.actionId());
    event.put("action", control.action());
    event.put("disposition_id", control.dispositionId());
    event.put("disposition", control.disposition());
    return this;
  }

  OcsfDraft alert() {
    event.put("is_alert", true);
    return this;
  }

  OcsfDraft trace(Optional<String> traceparent) {
    traceparent
        .map(text -> text.split("-", -1))
        .filter(parts -> parts.length == 4 && activity.ofClass() == OcsfClass.API_ACTIVITY)
        .ifPresent(parts -> {
          profile("trace");
          object("trace").put("uid", Shown.id(parts[1]));
          unmapped("trace").put("span_id", Shown.id(parts[2]));
        });
    return this;
  }

  OcsfDraft model(String provider, String name, String version) {
    profile("ai_operation");
    ObjectNode model = object("ai_model");
    model.put("ai_provider", Shown.id(provider)).put("name", Shown.id(name));
    model.put("version", Shown.id(version.isEmpty() ? name : version));
    return this;
  }

  OcsfDraft tokens(String service, long prompt, long completion) {
    ObjectNode context = object("message_context").put("ai_role_id", ASSISTANT);
    context.put("ai_role", "Assistant");
    context.withObjectProperty("service").put("name", Shown.id(service));
    context.put("prompt_tokens", prompt).put("completion_tokens", completion);
    context.put("total_tokens", prompt + completion);
    return this;
  }

  OcsfDraft finding(String uid, String title) {
    object("finding_info").put("uid", Shown.id(uid)).put("title", title);
    event.put("is_alert", true);
    return this;
  }

  OcsfDraft privileges(List<String> privileges) {
    var names = event.withArrayProperty("privileges");
    privileges.stream().limit(64).map(Shown::id).forEach(names::add);
    return this;
  }
}
