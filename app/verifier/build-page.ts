import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { verifierPage } from './page-frame.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
/** Where the built page lies; the running app puts it into bundles from here. */
export const VERIFIER_PAGE = join(CHECKOUT, 'build/verifier/verify.html')

/** verify.html, with the verifier and everything it uses in one script. Needs the build tools. */
export async function buildVerifierPage(): Promise<string> {
	const { build } = await import('vite')
	const built = await build({
		root: CHECKOUT,
		configFile: false,
		logLevel: 'error',
		publicDir: false,
		define: { 'process.env.NODE_ENV': '"production"' },
		build: {
			write: false,
			target: 'es2022',
			modulePreload: false,
			rollupOptions: {
				input: join(import.meta.dirname, 'page.ts'),
				output: { format: 'iife', inlineDynamicImports: true },
			},
		},
	})
	const outputs = (Array.isArray(built) ? built : [built]).flatMap((part) =>
		'output' in part ? part.output : [],
	)
	const [chunk, ...more] = outputs
	if (chunk?.type !== 'chunk' || more.length > 0)
		throw new Error('The verifier must come to one script: something it uses does not.')
	return verifierPage(chunk.code)
}

/** Builds the page and puts it where the running app takes it from. */
export async function writeVerifierPage(): Promise<void> {
	const page = await buildVerifierPage()
	mkdirSync(dirname(VERIFIER_PAGE), { recursive: true })
	writeFileSync(`${VERIFIER_PAGE}.draft`, page)
	renameSync(`${VERIFIER_PAGE}.draft`, VERIFIER_PAGE)
}

if (process.argv[1] === import.meta.filename) await writeVerifierPage()
