package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Vectors of one standard, found in a directory however it is laid out.
interface Suite {
  String name();

  /// What it checks, in a few words.
  String about();

  /// @throws IOException if the directory can not be read
  Stream<Case> cases(Path directory) throws IOException;
}
