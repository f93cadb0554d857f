package ai.rails.enclave.runner;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.platform.http.Json;
import ai.rails.schema.worker.RunnerProtocol.Note;

/// How often what happened, until the control plane was told: a count and a time for each code, so
/// it is bounded however long the control plane is away. It lies in the spool and outlives the
/// process. Guarded by its own lock.
final class Notes {
  private static final String FILE = "notes.sealed";
  private static final int CODES_MOST = 256;

  private final Map<String, Note> notes = new TreeMap<>();
  private final SealedFiles files;
  private final InstantSource clock;

  Notes(SealedFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
    if (files.exists(FILE)) {
      for (Note each : Json.read(files.read(FILE), Note[].class)) {
        notes.put(each.code(), each);
      }
    }
  }

  synchronized void add(String code) {
    merge(new Note(clock.millis(), code, 1));
    keep();
  }

  /// What there is to be told.
  synchronized List<Note> all() {
    return List.copyOf(notes.values());
  }

  /// It was told; what came since stays.
  synchronized void told(List<Note> these) {
    for (Note each : these) {
      notes.computeIfPresent(
          each.code(),
          (_, now) ->
              now.count() > each.count()
                  ? new Note(now.at(), now.code(), now.count() - each.count())
                  : null);
    }
    if (!these.isEmpty()) {
      keep();
    }
  }

  private void merge(Note note) {
    if (notes.size() < CODES_MOST || notes.containsKey(note.code())) {
      notes.merge(
          note.code(),
          note,
          (a, b) -> new Note(Math.max(a.at(), b.at()), a.code(), a.count() + b.count()));
    }
  }

  private void keep() {
    long _ = files.write(FILE, Json.write(new ArrayList<>(notes.values())));
  }
}
