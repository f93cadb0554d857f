package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import ai.rails.domain.Event;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Leaf;
import ai.rails.schema.EventCodec;

/// What a bundle says, read and not verified: only the archive's form is checked, so that reading
/// it is safe.
///
/// @param scope kind and ids, as the statement says
/// @param checkpoint in a sentence
/// @param entries the first of them
/// @param entryCount how many there are
public record BundleContents(
    String id,
    int files,
    long bytes,
    Map<String, Object> scope,
    String checkpoint,
    List<Entry> entries,
    long entryCount) {
  private static final int ENTRIES_MAX = 10_000;
  private static final int NOTE_BYTES_MAX = 1 << 16;

  public BundleContents {
    scope = new LinkedHashMap<>(scope);
    entries = List.copyOf(entries);
  }

  /// A leaf, and what its event says.
  public record Entry(Leaf leaf, Event event) {}

  /// @throws IllegalArgumentException saying what cannot be read
  public static BundleContents read(Path file, EventCodec codec) throws IOException {
    try (Bundle bundle = Bundle.open(file)) {
      Statement statement =
          Statement.parse(
              SigstoreBundle.parse(bundle.read(BagNames.SIGSTORE, SigstoreBundle.BYTES_MAX))
                  .payload());
      var entries = new ArrayList<Entry>();
      long count = 0;
      Iterator<byte[]> lines = bundle.lines(BagNames.ENTRIES, Leaf.BYTES_MAX);
      while (lines.hasNext()) {
        byte[] line = lines.next();
        count++;
        if (count <= ENTRIES_MAX) {
          Leaf leaf = Leaf.parse(line);
          byte[] event = bundle.read(BagNames.event(leaf.eventId()), EventCodec.BYTES_MAX);
          entries.add(new Entry(leaf, codec.decode(event).event()));
        }
      }
      return new BundleContents(
          bundle.id(),
          bundle.files(),
          Files.size(file),
          statement.scopeTree(),
          checkpoint(bundle),
          entries,
          count);
    } catch (Refused e) {
      throw new IllegalArgumentException(
          "%s is no bundle that can be read: %s %s".formatted(file, e.where(), e.reason()), e);
    }
  }

  private static String checkpoint(Bundle bundle) {
    Checkpoint checkpoint =
        Checkpoint.parse(Note.parse(bundle.read(BagNames.CHECKPOINT, NOTE_BYTES_MAX)).text());
    return "%s at %d entries".formatted(checkpoint.origin(), checkpoint.size());
  }
}
