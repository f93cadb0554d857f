package ai.rails.command.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;

import ai.rails.command.policy.OwnerSettings.Group;
import ai.rails.command.policy.OwnerSettings.Limit;
import ai.rails.command.policy.OwnerSettings.Pause;
import ai.rails.command.policy.OwnerSettings.Routing;
import ai.rails.command.policy.OwnerSettings.Template;
import ai.rails.command.policy.OwnerSettings.Tier;
import ai.rails.platform.http.Problem;

/// Writes owners' settings into a tenant's policy data, and reads them from it. What the data may
/// be is its schema's to say.
final class SettingsData {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .build();

  private static final String APPROVALS = "approvals";
  private static final String TIERS = "tiers";
  private static final String ESCALATE = "escalate";
  private static final String AFTER_SECONDS = "after_seconds";
  private static final String AFTER_S = "after_s";
  private static final String PROVIDERS = "providers";
  private static final String PARAMS = "params";
  private static final String VALUES = "values";
  private static final String OPTIONAL = "optional";

  private SettingsData() {}

  /// @throws Problem with 422 for a limit of what is not granted, or a name that stands twice
  static void write(OwnerSettings settings, ObjectNode data) {
    settings.limits().ifPresent(limits -> limits(limits, data));
    settings.tiers().ifPresent(tiers -> child(data, APPROVALS).set(TIERS, tiers(tiers)));
    settings
        .groups()
        .ifPresent(groups -> data.set("groups", named(groups, Group::name, Group::members)));
    settings
        .signedRisk()
        .ifPresent(risks -> child(data, APPROVALS).set("signed_risk", JSON.valueToTree(risks)));
    settings.maxPerHour().ifPresent(most -> child(data, APPROVALS).put("max_per_hour", most));
    settings.pauses().ifPresent(pauses -> pauses(pauses, data));
    settings.routing().ifPresent(routing -> routing(routing, data));
    settings
        .templates()
        .ifPresent(all ->
            data.set("templates", named(all, Template::name, each -> unnamed(each, "name"))));
  }

  /// All that is set.
  static OwnerSettings read(JsonNode data) {
    JsonNode approvals = data.path(APPROVALS);
    return new OwnerSettings(
        Optional.of(limits(data)),
        Optional.of(tiers(approvals.path(TIERS))),
        Optional.of(each(data.path("groups"), (name, members) -> new Group(name, texts(members)))),
        Optional.of(texts(approvals.path("signed_risk"))),
        Optional.of(approvals.path("max_per_hour")).filter(JsonNode::isInt).map(JsonNode::intValue),
        Optional.of(pauses(data.path("pauses"))),
        Optional.of(
            new Routing(
                data.path("routing").path("allow_fallback").asBoolean(),
                each(
                    data.path(PROVIDERS),
                    (name, each) ->
                        new OwnerSettings.Provider(
                            name,
                            each.path("enabled").asBoolean(),
                            texts(each.path("models")),
                            texts(each.path("regions")))))),
        Optional.of(
            each(data.path("templates"), (name, each) -> full(each, "name", name, Template.class))),
        Optional.empty());
  }

  private static void limits(List<Limit> limits, ObjectNode data) {
    for (JsonNode tool : data.path("tools")) {
      for (JsonNode action : tool.path("actions")) {
        if (action instanceof ObjectNode grant) {
          grant.putObject(PARAMS);
        }
      }
    }
    for (Limit limit : limits) {
      JsonNode grant = data.path("tools").path(limit.tool()).path("actions").path(limit.action());
      if (!(grant.path(PARAMS) instanceof ObjectNode params)) {
        throw Problem.invalid(
            "%s.%s is not granted, so it has no limits; grant it first"
                .formatted(limit.tool(), limit.action()));
      }
      if (params.has(limit.param())) {
        throw twice(limit.param());
      }
      params.set(limit.param(), JSON.valueToTree(rule(limit).json()));
    }
  }

  private static ParamRule rule(Limit limit) {
    boolean optional = limit.optional().orElse(false);
    if (limit.values().isPresent() && limit.min().isEmpty() && limit.max().isEmpty()) {
      return new ParamRule.OneOf(limit.values().get(), optional);
    }
    if (limit.values().isEmpty() && limit.max().isPresent()) {
      long max = limit.max().get();
      return limit
          .min()
          .<ParamRule>map(min -> new ParamRule.Between(min, max, optional))
          .orElseGet(() -> new ParamRule.AtMost(max, optional));
    }
    if (limit.values().isEmpty() && limit.min().isEmpty() && !optional) {
      return new ParamRule.Present();
    }
    throw Problem.invalid(
        "limit of %s: give values, or max, or min and max, or none of them and not optional"
            .formatted(limit.param()));
  }

  private static List<Limit> limits(JsonNode data) {
    List<Limit> limits = new ArrayList<>();
    data.path("tools")
        .propertyStream()
        .forEach(tool ->
            tool.getValue()
                .path("actions")
                .propertyStream()
                .forEach(action ->
                    action
                        .getValue()
                        .path(PARAMS)
                        .propertyStream()
                        .forEach(param ->
                            limits.add(
                                limit(
                                    tool.getKey(),
                                    action.getKey(),
                                    param.getKey(),
                                    param.getValue())))));
    return limits;
  }

  private static Limit limit(String tool, String action, String param, JsonNode rule) {
    return new Limit(
        tool,
        action,
        param,
        number(rule.path("min")),
        number(rule.path("max")),
        Optional.of(rule.path(VALUES))
            .filter(JsonNode::isArray)
            .map(values -> List.of(JSON.convertValue(values, Object[].class))),
        Optional.of(rule.path(OPTIONAL)).filter(JsonNode::isBoolean).map(JsonNode::booleanValue));
  }

  private static JsonNode tiers(List<Tier> tiers) {
    JsonNode written = JSON.valueToTree(tiers);
    written.forEach(tier -> rename(tier.path(ESCALATE), AFTER_SECONDS, AFTER_S));
    return written;
  }

  private static List<Tier> tiers(JsonNode tiers) {
    List<Tier> read = new ArrayList<>();
    for (JsonNode each : tiers) {
      JsonNode tier = each.deepCopy();
      rename(tier.path(ESCALATE), AFTER_S, AFTER_SECONDS);
      read.add(JSON.convertValue(tier, Tier.class));
    }
    return read;
  }

  private static void rename(JsonNode object, String from, String to) {
    if (object instanceof ObjectNode members && members.has(from)) {
      members.set(to, members.remove(from));
    }
  }

  private static void pauses(List<Pause> pauses, ObjectNode data) {
    data.remove("pauses");
    for (Pause pause : pauses) {
      ObjectNode scope = child(child(data, "pauses"), pause.scope().toUpperCase(Locale.ROOT));
      if (scope.has(pause.target())) {
        throw twice(pause.target());
      }
      scope.put(pause.target(), pause.code());
    }
  }

  private static List<Pause> pauses(JsonNode data) {
    List<Pause> pauses = new ArrayList<>();
    data.propertyStream()
        .forEach(scope ->
            scope
                .getValue()
                .propertyStream()
                .forEach(pause ->
                    pauses.add(
                        new Pause(
                            scope.getKey().toLowerCase(Locale.ROOT),
                            pause.getKey(),
                            pause.getValue().asText()))));
    return pauses;
  }

  private static void routing(Routing routing, ObjectNode data) {
    data.putObject("routing").put("allow_fallback", routing.fallback());
    data.set(
        PROVIDERS,
        named(
            routing.providers(),
            OwnerSettings.Provider::provider,
            each -> unnamed(each, "provider")));
  }

  private static JsonNode unnamed(Object value, String name) {
    ObjectNode json = JSON.valueToTree(value);
    return json.without(name);
  }

  private static <T> T full(JsonNode json, String member, String name, Class<T> type) {
    ObjectNode all = json.deepCopy();
    return JSON.convertValue(all.put(member, name), type);
  }

  private static <T> ObjectNode named(
      List<T> all, Function<T, String> name, Function<T, Object> value) {
    Map<String, Object> named = new TreeMap<>();
    for (T each : all) {
      if (named.put(name.apply(each), value.apply(each)) != null) {
        throw twice(name.apply(each));
      }
    }
    return JSON.valueToTree(named);
  }

  /// Reads a member.
  private interface Member<T> {
    T of(String name, JsonNode value);
  }

  private static <T> List<T> each(JsonNode object, Member<T> member) {
    return object.propertyStream().map(e -> member.of(e.getKey(), e.getValue())).toList();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  private static Optional<Long> number(JsonNode value) {
    return Optional.of(value).filter(JsonNode::isIntegralNumber).map(JsonNode::longValue);
  }

  private static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode child ? child : parent.putObject(name);
  }

  private static Problem twice(String name) {
    return Problem.invalid("%s stands there twice".formatted(name));
  }
}
