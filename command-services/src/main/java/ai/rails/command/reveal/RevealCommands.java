package ai.rails.command.reveal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import ai.rails.command.CommandContext;
import ai.rails.command.EventRows;
import ai.rails.command.StepCommands;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommand;

/// Asks a worker of the run's version with the grant, in one transaction: the command leaves by the
/// way of step commands and names the reveal, no attempt of a step.
public final class RevealCommands implements EventRows {
  @Override
  public void write(Connection c, CommandContext context, List<Recorded> events, StepCommands out)
      throws SQLException {
    for (Recorded recorded : events) {
      if (recorded.event() instanceof RevealGranted granted) {
        RunPlace place = RunPlace.find(c, recorded.header().tenant(), granted.run()).orElseThrow();
        out.add(
            new StepCommand(
                granted.reveal(),
                place.tenant(),
                place.workspace(),
                place.environment(),
                place.run(),
                granted.name(),
                1,
                StepCommand.Order.REVEAL,
                place.artifactDigest()),
            recorded.header().traceparent());
      }
    }
  }
}
