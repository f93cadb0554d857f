package ai.rails.projection;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;

/// The page of a list that is asked for.
///
/// @param limit most items on it
/// @param after the last item of the page before
public record Page(int limit, Optional<Cursor> after) {
  private static final int USUAL = 50;
  private static final int MOST = 200;

  /// Reads `?limit=` (1 to 200, usually 50) and `?cursor=`.
  ///
  /// @param parts how many parts the list's sort key has
  /// @throws Problem with 422 if one of them is not acceptable
  public static Page asked(Request request, int parts) {
    return new Page(
        request.query("limit", USUAL, 1, MOST), Cursor.read(request.query("cursor"), parts));
  }

  /// How many items to fetch: one more than are shown tells whether there is a next page.
  public int fetch() {
    return limit + 1;
  }

  /// @param fetched at most [#fetch()] items
  /// @param key members that the list is sorted by
  public Map<String, Object> of(List<Map<String, Object>> fetched, String... key) {
    Map<String, Object> page = new LinkedHashMap<>();
    if (fetched.size() <= limit) {
      page.put("items", fetched);
      return page;
    }
    List<Map<String, Object>> items = fetched.subList(0, limit);
    Map<String, Object> last = items.getLast();
    page.put("items", items);
    page.put(
        "next", new Cursor(Stream.of(key).map(m -> String.valueOf(last.get(m))).toList()).text());
    return page;
  }
}
