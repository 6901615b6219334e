import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { rejudgeOpen } from '#app/services/amendments/rejudge-open.server.ts'
import { showFrame, showMyWork } from '#app/services/home/frame.server.ts'
import type { ConnectionTarget } from '#db/client.ts'
import { peakMemoryMb } from '../peak-memory.ts'
import { officer, openDeps } from './stage.ts'

// Serves what the home page of an officer is made of, and judges everything open under a new charter when it is told to:
// pages and worker are one process, as Charterkeep is started by default. Figures go out as lines of JSON.
const { target, charterVersionId } = JSON.parse(await text(process.stdin)) as {
	target: ConnectionTarget
	charterVersionId: string
}
const { deps, close } = await openDeps(target)

const server = createServer((request, response) => {
	const answer = async () => {
		if (request.url !== '/judge') {
			const page = [await showFrame(deps, officer), await showMyWork(deps, officer)]
			response.end(JSON.stringify(page))
			return
		}
		const from = performance.now()
		await rejudgeOpen(deps, charterVersionId)
		response.end(JSON.stringify({ seconds: (performance.now() - from) / 1000, rssMb: peakMemoryMb() }))
	}
	answer().catch((error: unknown) => {
		response.statusCode = 500
		response.end(String(error))
	})
})
server.listen(0, '127.0.0.1', () => {
	const address = server.address()
	console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }))
})
process.once('SIGTERM', () => {
	server.close()
	void pause(10)
		.then(close)
		.then(() => process.exit(0))
})
