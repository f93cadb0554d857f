package ai.rails.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import ai.rails.attestation.format.Bytes;

/// What lies behind the simulated files: requests by name, each with a generation and the quote of
/// its last write. Synchronized, as several workers may ask at once.
final class Reports {
  private static final int REPORT_DATA_BYTES = 64;

  private final UnaryOperator<Bytes> quotes;
  private final Map<String, Request> requests = new HashMap<>();

  /// One directory.
  private static final class Request {
    private long generation;
    private Bytes quote = Bytes.copyOf(new byte[0]);
  }

  /// @param quotes from report data to a quote
  Reports(UnaryOperator<Bytes> quotes) {
    this.quotes = quotes;
  }

  synchronized void create(String name) throws IOException {
    if (requests.putIfAbsent(name, new Request()) != null) {
      throw new FileAlreadyExistsException(name);
    }
  }

  synchronized void delete(String name) throws IOException {
    if (requests.remove(name) == null) {
      throw new NoSuchFileException(name);
    }
  }

  synchronized boolean exists(String name) {
    return requests.containsKey(name);
  }

  synchronized Bytes read(String name, String file) throws IOException {
    Request request = request(name);
    return switch (file) {
      case "provider" -> text("tdx_guest");
      case "generation" -> text(String.valueOf(request.generation));
      case "outblob" -> {
        if (request.generation == 0) {
          throw new FileSystemException(file, null, "Invalid argument");
        }
        yield request.quote;
      }
      case "inblob" -> throw new FileSystemException(file, null, "Permission denied");
      default -> throw new NoSuchFileException(file);
    };
  }

  synchronized void write(String name, String file, Bytes content) throws IOException {
    Request request = request(name);
    if (!file.equals("inblob")) {
      throw new FileSystemException(file, null, "Permission denied");
    }
    if (content.length() != REPORT_DATA_BYTES) {
      throw new FileSystemException(file, null, "Invalid argument");
    }
    request.quote = quotes.apply(content);
    request.generation++;
  }

  private Request request(String name) throws NoSuchFileException {
    Request request = requests.get(name);
    if (request == null) {
      throw new NoSuchFileException(name);
    }
    return request;
  }

  private static Bytes text(String line) {
    return Bytes.copyOf((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }
}
