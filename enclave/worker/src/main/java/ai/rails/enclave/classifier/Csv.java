package ai.rails.enclave.classifier;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Reads RFC 4180: quoted fields may hold commas, doubled quotes and line breaks; the first record
/// names the columns.
public final class Csv {
  private static final int QUOTE = '"';

  private Csv() {}

  public static List<Map<String, String>> read(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
      return read(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// The records as maps from column to value; throws [IllegalArgumentException] with the record's
  /// number for a malformed one.
  public static List<Map<String, String>> read(Reader reader) throws IOException {
    List<List<String>> records = records(reader);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = 1; i < records.size(); i++) {
      List<String> columns = records.getFirst();
      if (records.get(i).size() != columns.size()) {
        throw new IllegalArgumentException(
            "record "
                + i
                + " has "
                + records.get(i).size()
                + " fields, the header "
                + columns.size());
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int column = 0; column < columns.size(); column++) {
        row.put(columns.get(column), records.get(i).get(column));
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<List<String>> records(Reader reader) throws IOException {
    List<List<String>> records = new ArrayList<>();
    List<String> record = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean started = false;
    int next = reader.read();
    while (next >= 0) {
      if (next == QUOTE && field.isEmpty()) {
        next = quoted(reader, field, records.size());
        started = true;
      } else if (next == ',') {
        record.add(field.toString());
        field.setLength(0);
        started = true;
        next = reader.read();
      } else if (next == '\r' || next == '\n') {
        if (started || !field.isEmpty()) {
          record.add(field.toString());
          records.add(record);
          record = new ArrayList<>();
          field.setLength(0);
          started = false;
        }
        next = reader.read();
      } else if (next == QUOTE) {
        throw new IllegalArgumentException(
            "record " + records.size() + " has a quote inside an unquoted field");
      } else {
        field.append((char) next);
        next = reader.read();
      }
    }
    if (started || !field.isEmpty()) {
      record.add(field.toString());
      records.add(record);
    }
    return records;
  }

  /// Reads up to the closing quote and returns the character behind it, which must end the field.
  private static int quoted(Reader reader, StringBuilder field, int record) throws IOException {
    for (int next = reader.read(); next >= 0; next = reader.read()) {
      if (next != QUOTE) {
        field.append((char) next);
        continue;
      }
      int after = reader.read();
      if (after != QUOTE) {
        if (after >= 0 && after != ',' && after != '\r' && after != '\n') {
          throw new IllegalArgumentException(
              "record " + record + " goes on behind a closing quote");
        }
        return after;
      }
      field.append('"');
    }
    throw new IllegalArgumentException(
        "record " + record + " has an open quote at the end of the file");
  }
}
