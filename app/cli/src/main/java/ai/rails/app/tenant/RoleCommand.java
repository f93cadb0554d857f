package ai.rails.app.tenant;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails role`: who may do what, given by two administrators.
@Command(
    name = "role",
    description = "Who may do what: one administrator proposes, another one accepts.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RoleCommand.Propose.class,
      RoleCommand.Accept.class,
      RoleCommand.Reject.class,
      RoleCommand.Listing.class,
      AuditVerbs.Grant.class,
      AuditVerbs.Listing.class,
      AuditVerbs.End.class
    })
public final class RoleCommand extends Group {
  public RoleCommand() {
    super("rails role list");
  }

  /// `rails role propose`.
  @Command(
      name = "propose",
      description = "Propose the roles that a subject is to have, and no others.",
      mixinStandardHelpOptions = true)
  static final class Propose implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(index = "0", paramLabel = "SUBJECT", description = "A person or service.")
    private String subject = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        split = ",",
        paramLabel = "ROLE,..",
        description = "None takes all roles away.")
    private List<String> roles = List.of();

    @Override
    public Integer call() {
      JsonNode answer =
          caller
              .as(Persona.ADMIN)
              .post(
                  "/v1/role-proposals",
                  Map.of("subject", subject, "roles", roles),
                  Optional.empty());
      caller.show(
          answer,
          proposal ->
              "proposal %1$s; another administrator says: rails role accept %1$s%n"
                  .formatted(proposal.path("proposal").asText()));
      return Exit.OK;
    }
  }

  /// `rails role accept`.
  @Command(
      name = "accept",
      description = "Give the proposed roles, as another administrator.",
      mixinStandardHelpOptions = true)
  static final class Accept implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROPOSAL", description = "Its id.")
    private String proposal = "";

    @Override
    public Integer call() {
      return decide(caller, proposal, true);
    }
  }

  /// `rails role reject`.
  @Command(
      name = "reject",
      description = "Reject a proposal, or take one's own back.",
      mixinStandardHelpOptions = true)
  static final class Reject implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROPOSAL", description = "Its id.")
    private String proposal = "";

    @Override
    public Integer call() {
      return decide(caller, proposal, false);
    }
  }

  private static int decide(Caller caller, String proposal, boolean approve) {
    JsonNode answer =
        caller
            .as(Persona.ADMIN)
            .post(
                "/v1/role-proposals/%s/decision".formatted(Client.encoded(proposal)),
                Map.of("approve", approve),
                Optional.empty());
    caller.show(
        answer,
        done ->
            "proposal %s for %s: %s%n"
                .formatted(proposal, done.path("subject").asText(), done.path("state").asText()));
    return Exit.OK;
  }

  /// `rails role list`.
  @Command(name = "list", description = "The latest proposals.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get("/access/v1/role-proposals"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("PROPOSAL", "SUBJECT", "ROLES", "BY", "STATE", "DECIDED BY");
      for (JsonNode proposal : answer.path("items")) {
        table.row(
            proposal.path("proposal").asText(),
            proposal.path("subject").asText(),
            String.join(",", proposal.path("roles").valueStream().map(JsonNode::asText).toList()),
            proposal.path("proposedBy").asText(),
            proposal.path("state").asText(),
            proposal.path("decidedBy").asText(""));
      }
      return table.text(caller.palette());
    }
  }
}
