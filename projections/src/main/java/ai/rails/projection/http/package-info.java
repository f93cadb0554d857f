/// The console: the pages in which people see what the views hold.
@org.jspecify.annotations.NullMarked
package ai.rails.projection.http;
