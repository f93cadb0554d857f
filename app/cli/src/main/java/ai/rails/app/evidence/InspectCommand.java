package ai.rails.app.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Times;
import ai.rails.platform.evidence.BundleContents;
import ai.rails.schema.EventCodec;

/// `rails evidence inspect`: what a bundle says, verified by nobody.
@Command(
    name = "inspect",
    description =
        "Show what a bundle says: run, versions, timeline, approvals, cost. Verifies nothing.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE", description = "The bundle.")
  private Path file = Path.of("");

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "there is no file " + file);
    }
    var story = new BundleStory(BundleContents.read(file, new EventCodec()));
    var out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(new ObjectMapper().writeValueAsString(story.tree()));
      case TEXT -> {
        var palette = new Palette(spec.commandLine().getColorScheme().ansi());
        out.print(story.text(palette, Times.here()));
      }
    }
    out.flush();
    return Exit.OK;
  }
}
