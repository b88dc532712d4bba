// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Reads `kagu.yaml` and every feed list and watch file that it names into one checked `Config`.
///
/// All problems of all files are found in one run (M56). Nothing is kept between two loads: a reload reads every
/// file again, secret files included (D15).
public struct ConfigLoader: Sendable {
    /// What becomes of a secret that cannot be read.
    public enum SecretPolicy: Hashable, Sendable {
        /// The load fails: the daemon never sends unsigned because a key was absent (D15).
        case required
        /// A warning; the secret is empty. For commands that send nothing and may not read the secrets.
        case reported
    }

    private let credentials: Credentials
    private let secretPolicy: SecretPolicy

    /// A loader that finds credentials through `CREDENTIALS_DIRECTORY` of `environment`.
    public init(environment: [String: String], secrets: SecretPolicy = .required) {
        credentials = Credentials(environment: environment)
        secretPolicy = secrets
    }

    /// Reads everything; throws all problems of all files at once when one of them is an error.
    ///
    /// `path` nil: every key at its default, no watches. `stateDirectory` replaces `store.dir`; `feedPatterns`,
    /// unless empty, replace `feeds` and are relative to the working directory. `feeds.yaml` in the state
    /// directory is read whenever it exists (H3).
    public func load(
        path: String?, stateDirectory: String?, feedPatterns: [String]
    ) throws(ConfigFailure) -> Config {
        var load = ConfigLoad(credentials: credentials, secretPolicy: secretPolicy)
        load.readMain(path)
        if let stateDirectory { load.config.store.directory = stateDirectory }
        load.readFeeds(overridden: feedPatterns)
        load.readWatches()
        return try load.finished()
    }

    /// `store.dir` of a main file, whatever is wrong with the lists and watches that it names: where to ask a daemon
    /// that runs on under an older configuration. Throws the problems of the main file.
    public func stateDirectory(path: String) throws(ConfigFailure) -> String {
        var load = ConfigLoad(credentials: credentials, secretPolicy: .reported)
        load.readMain(path)
        return try load.stateDirectory()
    }

    /// Reads watch files only: each path is a file, a glob or a directory (its `*.yaml`, in name order).
    /// Problems of every kind are thrown together; ids and expressions are not yet checked.
    public func loadWatchlist(_ paths: [String]) throws(ConfigFailure) -> Watchlist {
        var load = ConfigLoad(credentials: credentials, secretPolicy: secretPolicy)
        load.readWatches(paths)
        return try load.finished().watchlist
    }

    /// A run that has read nothing, for which secrets that cannot be read are no errors.
    func blankLoad() -> ConfigLoad { ConfigLoad(credentials: credentials, secretPolicy: .reported) }
}
