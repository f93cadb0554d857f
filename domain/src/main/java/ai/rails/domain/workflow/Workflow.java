package ai.rails.domain.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Limits;
import ai.rails.domain.budget.Money;

/// One compiled workflow version. It is immutable and named by its artifact's digest; a run stays
/// on the version it started with.
///
/// @param id opaque and stable, for example `itsm-triage`
/// @param version SemVer
/// @param author principal who published it; may not approve its gates
/// @param inputs typed inputs, by name
/// @param connectors alias to pinned connector
/// @param steps in topological order; what a step needs stands before it
/// @param settings constants for expressions, JSON values
/// @param subject the input that discloses the pseudonym of the person whom a run is about
/// @param workers what its workers must prove beside what every worker proves
public record Workflow(
    String id,
    String version,
    String title,
    String author,
    Map<String, Field> inputs,
    List<Trigger> triggers,
    Map<String, ConnectorPin> connectors,
    List<Step> steps,
    RunLimits limits,
    Map<String, Object> settings,
    Optional<String> subject,
    Workers workers) {
  public Workflow {
    inputs = Map.copyOf(inputs);
    triggers = List.copyOf(triggers);
    connectors = Map.copyOf(connectors);
    steps = List.copyOf(steps);
    settings = Map.copyOf(settings);
    if (steps.isEmpty() || steps.size() > Limits.STEPS) {
      throw new IllegalArgumentException("a workflow has 1 to %d steps".formatted(Limits.STEPS));
    }
  }

  public Optional<Step> step(String stepId) {
    return steps.stream().filter(step -> step.id().equals(stepId)).findFirst();
  }

  /// What a version demands of its workers.
  ///
  /// @param confidentialGpu evidence of a GPU in confidential mode, beside that of the guest
  public record Workers(boolean confidentialGpu) {
    /// Nothing beyond what every worker proves.
    public static final Workers ANY = new Workers(false);

    /// How many GPUs each worker has to itself.
    public int gpus() {
      return confidentialGpu ? 1 : 0;
    }
  }

  /// A typed value. Only the closed types may be disclosed; `CONTENT` is always sealed.
  ///
  /// @param values allowed values of an `ENUM`; empty for other types
  public record Field(Type type, List<String> values) {
    public Field {
      values = List.copyOf(values);
    }

    /// Closed types, at most 64 characters in the clear, and sealed content.
    public enum Type {
      ID,
      ENUM,
      INTEGER,
      NUMBER,
      BOOLEAN,
      TIME,
      CONTENT
    }
  }

  /// What starts a run.
  ///
  /// @param source connector alias or name of who calls a webhook, for example `servicenow`
  /// @param fields declared members of a webhook's body; any other member is refused
  /// @param dedupe fields whose values together start one run only
  /// @param inputs input name to JSON Pointer into the body
  /// @param schedule cron expression of a `SCHEDULE`, as [Cron] reads it
  /// @param timezone of the schedule; UTC if absent
  public record Trigger(
      String id,
      Kind kind,
      String source,
      Map<String, Field> fields,
      List<String> dedupe,
      Map<String, String> inputs,
      Optional<String> schedule,
      Optional<String> timezone) {
    public Trigger {
      fields = Map.copyOf(fields);
      dedupe = List.copyOf(dedupe);
      inputs = Map.copyOf(inputs);
    }

    /// When a schedule is due; absent for other kinds.
    ///
    /// @throws IllegalArgumentException if a published schedule can not be read
    public Optional<Cron> cron() {
      return schedule.map(expression -> Cron.of(expression, timezone.orElse("UTC")));
    }

    /// Ways to start a run.
    public enum Kind {
      WEBHOOK,
      SCHEDULE,
      POLL,
      API,
      MANUAL
    }
  }

  /// A connector at an exact version, and the instance that a tenant configured.
  ///
  /// @param connector for example `servicenow`
  /// @param digest `sha256:` and 64 hex digits of the connector's manifest
  /// @param instance the tenant's instance id
  /// @param model pinned model, for a model connector
  public record ConnectorPin(
      String connector, String version, String digest, String instance, Optional<String> model) {}

  /// Bounds of one run.
  ///
  /// @param duration after which the run fails
  /// @param cost cap on one run's spending
  public record RunLimits(Duration duration, Money cost) {}
}
