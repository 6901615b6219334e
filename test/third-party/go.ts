import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where Debian puts the sources of packaged Go libraries. */
const GOPATH = '/usr/share/gocode'
const LIBRARY = 'src/golang.org/x/mod/sumdb/tlog/tlog.go'

type Go = { program: string; path: string }

/** A Go compiler with x/mod beside it, fetched as root on Debian where there is none. Null, saying why, where that is not possible. */
function findGo(): Go | { missing: string } {
	const found = onThisMachine()
	if (found !== null) return found
	if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.log('No Go with golang.org/x/mod found: trying to get one …')
		spawnSync('apt-get', ['update'], { stdio: 'ignore', timeout: 300_000 })
		const wanted = ['install', '-y', '--no-install-recommends', 'golang-go', 'golang-golang-x-mod-dev']
		spawnSync('apt-get', wanted, { stdio: 'ignore', timeout: 600_000 })
	}
	return (
		onThisMachine() ?? {
			missing:
				'no Go compiler with golang.org/x/mod is here (on Debian: apt-get install golang-go golang-golang-x-mod-dev)',
		}
	)
}

function onThisMachine(): Go | null {
	const { status } = spawnSync('go', ['version'])
	return status === 0 && existsSync(join(GOPATH, LIBRARY)) ? { program: 'go', path: GOPATH } : null
}

/** Builds the verifier that stands beside this file; gives its path, or why it cannot be built here. */
export function buildGoVerifier(): { verifier: string } | { missing: string } {
	const go = findGo()
	if ('missing' in go) return go
	const verifier = join(mkdtempSync(join(tmpdir(), 'charterkeep-go-')), 'verify-log')
	const { status, stderr } = spawnSync(go.program, ['build', '-o', verifier, 'verify-log.go'], {
		cwd: import.meta.dirname,
		encoding: 'utf8',
		// No module is fetched: the libraries are those of the system.
		env: { ...process.env, GO111MODULE: 'off', GOPATH: go.path, GOFLAGS: '', GOPROXY: 'off' },
	})
	// What does not compile is no reason to leave a test out.
	if (status !== 0) throw new Error(`The verifier in Go does not build: ${stderr}`)
	return { verifier }
}
