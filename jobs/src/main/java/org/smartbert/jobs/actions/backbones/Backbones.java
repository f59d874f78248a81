package org.smartbert.jobs.actions.backbones;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.smartbert.backbones.Backbone;
import org.smartbert.backbones.BackboneCache;
import org.smartbert.backbones.BackboneImport;
import org.smartbert.backbones.Catalogue;
import org.smartbert.backbones.Downloads;
import org.smartbert.backbones.hub.HubModel;
import org.smartbert.backbones.hub.HubModels;
import org.smartbert.backbones.hub.HubSettings;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.actions.run.ProgressDisplay;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.model.InvalidInputException;

/**
 * Pretrained BERTs to train from: those of the catalogue, downloaded by Maven, and those that are
 * imported from other programs' formats. Needs no Spark session.
 *
 * @param hadoop for outputs on other file systems
 * @param progress where downloads are shown
 */
public record Backbones(Configuration hadoop, ProgressDisplay progress) {
  /** Folder of the jars that only the driver needs, in Spark's configuration. */
  public static final String DRIVER_JARS = DriverJars.FOLDER;

  /**
   * A backbone of the catalogue.
   *
   * @param cached its directory, if it was downloaded before
   */
  public record Listed(
      String name, Network network, String language, Source source, Optional<Path> cached) {
    /** What the network is. */
    public record Network(int layers, int hidden, boolean lowerCase) {}

    /** Where the weights are from. */
    public record Source(String license, String coordinates, int megabytes) {}
  }

  /**
   * @throws InvalidInputException if this driver lacks the importers
   */
  public Backbones {
    DriverJars.require();
  }

  /** All that can be downloaded by name. */
  public List<Listed> list() {
    List<Listed> listed = new ArrayList<>();
    BackboneCache cache = cache();
    for (Backbone each : Catalogue.load().backbones()) {
      listed.add(
          new Listed(
              each.name(),
              new Listed.Network(
                  each.sizes().layers(), each.sizes().hidden(), each.sizes().lowerCase()),
              each.language(),
              new Listed.Source(each.license(), each.jar().coordinates(), each.jar().megabytes()),
              cache.find(each)));
    }
    return listed;
  }

  /**
   * The directory of a backbone of the catalogue or of a model of the hub ({@code
   * hf:ORG/NAME[@REVISION]}), downloaded at the first call.
   *
   * @throws InvalidInputException for a name that nobody has
   */
  public Path get(String name) {
    return named(name).directory();
  }

  /** A directory on this machine, and where it is from. */
  private record Named(Path directory, String origin) {}

  private Named named(String name) {
    if (name.startsWith(HubModel.SCHEME)) {
      HubModel model = HubModel.parse(name);
      HubModels hub =
          new HubModels(cache().folder().resolveSibling("hub"), HubSettings.of(System.getenv()));
      try (Progress shown = progress.start("Download")) {
        HubModels.Found found = hub.get(model, shown(shown));
        return new Named(
            found.directory(),
            String.format(
                Locale.ROOT,
                "Model %s of the hub, commit %s, in %s.",
                model.repository(),
                found.commit(),
                found.directory()));
      }
    }
    Backbone backbone = Catalogue.load().require(name);
    BackboneCache cache = cache();
    Optional<Path> cached = cache.find(backbone);
    if (cached.isEmpty()) {
      try (Progress shown = progress.start("Backbone")) {
        cached = Optional.of(cache.get(backbone, shown(shown)));
      }
    }
    return new Named(
        cached.get(),
        "Backbone " + backbone.name() + " of the catalogue, in " + cached.get() + ".");
  }

  private static Downloads shown(Progress progress) {
    return (text, done, total) -> progress.show(done, total, text);
  }

  /**
   * The same, copied to a directory on any Hadoop file system.
   *
   * @param output must not exist
   */
  public void get(String name, String output) {
    OutputFolder folder = new OutputFolder(output, hadoop);
    folder.requireFree();
    folder.copy(get(name));
  }

  /**
   * Makes a directory of a Google checkpoint, of the variables of a SavedModel, or of an ONNX
   * export.
   *
   * @param from a folder, a file of it, a zip or a jar
   * @param output must not exist
   * @param heads attention heads; needed where no config.json says it
   * @param lowerCase whether texts are lower-cased; needed for a vocab.txt without
   *     tokenizer_config.json
   */
  public void importFrom(Path from, String output, OptionalInt heads, Optional<Boolean> lowerCase) {
    OutputFolder folder = new OutputFolder(output, hadoop);
    folder.requireFree();
    String readme =
        String.format(
            Locale.ROOT,
            "# %s%n%nA BERT that was imported from %s.%n",
            new org.apache.hadoop.fs.Path(output).getName(),
            from.getFileName());
    BackboneImport converter = new BackboneImport(heads, lowerCase, readme);
    try (Progress shown = progress.start("Importing")) {
      shown.show(0, 1, "reading " + from.getFileName());
      folder.writeLocally(
          directory -> {
            converter.run(from, directory);
            return directory;
          });
      shown.show(1, 1, "done");
    }
  }

  /**
   * What a {@code --model} of training means: a directory where there is one, a model of the hub,
   * else a name of the catalogue. Where it may be a name, a note says which it was.
   *
   * @return the directory
   */
  public static String locate(String model, JobContext context) {
    boolean hub = model.startsWith(HubModel.SCHEME);
    if (!hub && model.contains("/")) {
      return model;
    }
    Optional<String> directory = hub ? Optional.empty() : directory(model, context.hadoop());
    if (directory.isPresent()) {
      note("Model " + model + ": the directory " + directory.get() + ".", context);
      return model;
    }
    Named found = new Backbones(context.hadoop(), context.progress()).named(model);
    note(found.origin(), context);
    return found.directory().toString();
  }

  private static void note(String line, JobContext context) {
    try (Progress progress = context.progress().start("Model")) {
      progress.note(line);
    }
  }

  /** The same for trained models, of which the catalogue has none. */
  public static ModelSelection locate(ModelSelection model, JobContext context) {
    return model.location().startsWith(HubModel.SCHEME)
        ? model.at(locate(model.location(), context))
        : model;
  }

  /** The whole path of a directory, if it is there. */
  private static Optional<String> directory(String model, Configuration hadoop) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(model);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      org.apache.hadoop.fs.Path whole = files.makeQualified(path);
      boolean local = files instanceof LocalFileSystem;
      return files.exists(path)
          ? Optional.of(local ? whole.toUri().getPath() : whole.toString())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The model " + model + " could not be looked for", e);
    }
  }

  private static BackboneCache cache() {
    return BackboneCache.ofUser(System.getenv());
  }
}
