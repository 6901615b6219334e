import { TILE_WIDTH, tilePath, tilesOf, widthAt, type TileName } from '../ledger/tiles.ts'

/** Where things stand in a bundle. `log/` by itself is a C2SP tlog that any other tool can be pointed at. */
export const PATHS = {
	manifest: 'manifest.json',
	checkpoint: 'log/checkpoint',
	policy: 'log/policy',
	summary: 'summary.html',
	verifier: 'verify.html',
	/** `sha256sum -c` reads it. */
	sums: 'SHA256SUMS',
} as const

/** A checkpoint that both keys of a rotation signed. */
export const rotationPath = (size: number) => `log/checkpoints/${size}`
export const charterPath = (version: number) => `charters/${version}.yaml`

/** What opens the entries of a tile; in folders as the tiles are. */
export function openingsPath(tile: number): string {
	const [, , ...groups] = tilePath({ level: 'entries', index: tile, width: TILE_WIDTH }).split('/')
	return `openings/${groups.join('/')}.jsonl`
}

export const logPath = (tile: TileName) => `log/${tilePath(tile)}`
export const entriesTile = (index: number, size: number): TileName => ({
	level: 'entries',
	index,
	width: widthAt('entries', index, size),
})
export const leafTile = (index: number, size: number): TileName => ({
	level: 0,
	index,
	width: widthAt(0, index, size),
})

/** Tiles of hashes above the leaves, in the order in which they stand at the end of the log. */
export function* upperTiles(size: number): Generator<TileName> {
	for (const tile of tilesOf(size)) if (tile.level !== 'entries' && tile.level > 0) yield tile
}

/** A line of SHA256SUMS, as `sha256sum` writes it. */
export const sumLine = (path: string, sha256Hex: string) => `${sha256Hex}  ${path}\n`
