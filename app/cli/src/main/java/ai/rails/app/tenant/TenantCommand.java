package ai.rails.app.tenant;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// `rails tenant`.
@Command(
    name = "tenant",
    description = "Admit tenants to this cell and give them workspaces.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TenantCommand.Create.class,
      TenantCommand.Show.class,
      TenantCommand.Workspace.class,
      TenantRetention.class,
      TenantOffboard.class
    })
public final class TenantCommand extends Group {
  public TenantCommand() {
    super("rails tenant create");
  }

  /// `rails tenant create`.
  @Command(
      name = "create",
      description = "Admit a tenant; its topics, principals and policy follow in some seconds.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(
        arity = "0..1",
        paramLabel = "ID",
        description = "Opaque, lower-case letters, digits and -; without it a new UUID.")
    private @Nullable String id;

    @Option(
        names = "--region",
        defaultValue = "eu",
        description = "Fixed for ever; must be the cell's (default: ${DEFAULT-VALUE}).")
    private String region = "eu";

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String key;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.PLATFORM);
      String tenant = Optional.ofNullable(id).orElseGet(() -> UUID.randomUUID().toString());
      JsonNode answer =
          client.post(
              "/v1/tenants", Map.of("tenant", tenant, "region", region), Optional.ofNullable(key));
      caller.show(
          answer,
          _ ->
              "tenant %1$s: %2$s%nrails tenant workspace main --tenant %1$s%n"
                  .formatted(tenant, answer.path("status").asText()));
      return Exit.OK;
    }
  }

  /// `rails tenant show`.
  @Command(
      name = "show",
      description = "The tenant and its workspaces.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      caller.show(client.get("/v1/tenants/" + Client.encoded(client.tenant())), this::text);
      return Exit.OK;
    }

    private String text(JsonNode tenant) {
      Times times = Times.here();
      Table table = Table.of("WORKSPACE", "CREATED");
      for (JsonNode each : tenant.path("workspaces")) {
        table.row(each.path("workspace").asText(), times.relative(each.path("createdAt").asLong()));
      }
      return "%s%n%s%n%s"
          .formatted(
              caller.palette().heading("Tenant " + tenant.path("tenant").asText()),
              new Facts()
                  .add("status", tenant.path("status").asText())
                  .add("region", tenant.path("region").asText())
                  .add("cell", tenant.path("cell").asText())
                  .add("created", times.full(tenant.path("createdAt").asLong()))
                  .text(),
              table.text(caller.palette()));
    }
  }

  /// `rails tenant workspace`.
  @Command(
      name = "workspace",
      description = "Give the tenant a workspace, which has a ledger of its own.",
      mixinStandardHelpOptions = true)
  static final class Workspace implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "ID", description = "Opaque, lower-case letters, digits and -.")
    private String id = "";

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String key;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      JsonNode answer =
          client.post("/v1/workspaces", Map.of("workspace", id), Optional.ofNullable(key));
      caller.show(answer, _ -> "workspace %s exists%n".formatted(id));
      return Exit.OK;
    }
  }
}
