import { readFile } from 'node:fs/promises'
import { VERIFIER_PAGE } from './build-page.ts'

/** Gives verify.html as it was built; builds it where it was not, as while developing. Held once it has been asked for. */
export function openVerifierPage(file = VERIFIER_PAGE): () => Promise<Uint8Array> {
	let page: Promise<Uint8Array> | null = null
	const read = async (): Promise<Uint8Array> => {
		try {
			return new Uint8Array(await readFile(file))
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
			const { buildVerifierPage } = await import('./build-page.ts')
			return new TextEncoder().encode(await buildVerifierPage())
		}
	}
	return () => {
		page ??= read()
		// One that failed is tried again by whoever asks next.
		page.catch(() => (page = null))
		return page
	}
}
