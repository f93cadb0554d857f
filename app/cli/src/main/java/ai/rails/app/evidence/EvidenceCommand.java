package ai.rails.app.evidence;

import picocli.CommandLine.Command;

import ai.rails.app.verb.Group;
import ai.rails.platform.evidence.DerivedFiles;
import ai.rails.platform.evidence.report.Dossier;

/// `rails evidence`: verifying and inspecting need no server, nothing of AI Rails runs.
@Command(
    name = "evidence",
    description = "Export evidence bundles, verify them offline, and see what is in them.",
    mixinStandardHelpOptions = true,
    subcommands = {ExportCommand.class, VerifyCommand.class, InspectCommand.class})
public final class EvidenceCommand extends Group {
  /// What makes the documents of a bundle, here and where bundles are written.
  public static final DerivedFiles DOCUMENTS = Dossier::files;

  public EvidenceCommand() {
    super("rails evidence verify FILE");
  }
}
