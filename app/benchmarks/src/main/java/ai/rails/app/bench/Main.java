package ai.rails.app.bench;

/// `rails bench`, called by the front door with the benchmarks' own class path, so that the product
/// needs no peer to start.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(Bench.run(arguments, System.out));
  }
}
