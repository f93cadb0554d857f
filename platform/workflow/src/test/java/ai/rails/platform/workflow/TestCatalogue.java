package ai.rails.platform.workflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.workflow.ActionType.Effect;

/// The actions that the sample workflow uses, as their manifests declare them.
final class TestCatalogue implements ConnectorCatalogue {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RECORD =
      object(
          "sys_id",
          "number",
          "short_description",
          "description",
          "category",
          "impact",
          "urgency",
          "assignment_group",
          "sys_mod_count");
  private static final String MODEL_RESULT =
      "{'type':'object','additionalProperties':false,'properties':{'category':{'type':'string'},"
          + "'confidence':{'type':'number'},'summary':{'type':'string'}}}";
  private static final Map<String, ActionType> ACTIONS =
      Map.of(
          "servicenow/get-incident",
              action(object("sys_id"), RECORD, Effect.READ, "R0", List.of("sys_id")),
          "servicenow/update-incident",
              action(
                  "{'type':'object','additionalProperties':false,'required':['sys_id',"
                      + "'expected_mod_count','work_note'],'properties':{'sys_id':{'type':'string'},"
                      + "'expected_mod_count':{'type':'string'},'category':{'type':'string'},"
                      + "'impact':{'type':'string','enum':['1','2','3']},"
                      + "'urgency':{'type':'string','enum':['1','2','3']},"
                      + "'assignment_group':{'type':'string'},'work_note':{'type':'string'}}}",
                  RECORD,
                  Effect.WRITE,
                  "R2",
                  List.of(
                      "sys_id",
                      "expected_mod_count",
                      "category",
                      "impact",
                      "urgency",
                      "assignment_group")),
          "offline-classifier/triage",
              action(
                  "{'type':'object','additionalProperties':false,'required':['short_description',"
                      + "'description','categories'],'properties':{'short_description':"
                      + "{'type':'string'},'description':{'type':'string'},'categories':"
                      + "{'type':'array'},'limit':{'type':'integer','maximum':9}}}",
                  MODEL_RESULT,
                  Effect.MODEL,
                  "R0",
                  List.of()),
          "slack/post-approval",
              action(
                  "{'type':'object','additionalProperties':false,'required':['channel','approval',"
                      + "'title','text','fields'],'properties':{'channel':{'type':'string'},"
                      + "'approval':{'type':'string'},'title':{'type':'string'},'text':"
                      + "{'type':'string'},'fields':{'type':'object'},'revealed':"
                      + "{'type':'string'}}}",
                  object("channel", "ts"),
                  Effect.WRITE,
                  "R1",
                  List.of("channel", "approval")));

  @Override
  public Optional<ActionType> action(String connector, String version, String action) {
    return digest(connector, version)
        .flatMap(_ -> Optional.ofNullable(ACTIONS.get(connector + "/" + action)));
  }

  @Override
  public Optional<String> digest(String connector, String version) {
    boolean known =
        version.equals("1.0.0")
            && ACTIONS.keySet().stream().anyMatch(name -> name.startsWith(connector + "/"));
    return known
        ? Optional.of("sha256:" + CanonicalJson.sha256(connector.getBytes(StandardCharsets.UTF_8)))
        : Optional.empty();
  }

  private static String object(String... members) {
    StringBuilder schema =
        new StringBuilder("{'type':'object','additionalProperties':false,'properties':{");
    for (String member : members) {
      schema.append("'%s':{'type':'string'},".formatted(member));
    }
    schema.setLength(schema.length() - 1);
    return schema.append("}}").toString();
  }

  private static ActionType action(
      String parameters, String result, Effect effect, String risk, List<String> disclosable) {
    Map<String, Field> fields =
        disclosable.stream()
            .collect(Collectors.toMap(name -> name, _ -> new Field(Field.Type.ID, List.of())));
    return new ActionType(
        json(parameters), json(result), effect, IdempotencyClass.U, risk, fields, 4);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
