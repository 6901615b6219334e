import type { ExportFile } from '#app/services/audit/export-history.server.ts'

/**
 * A file to save, handed out as fast as the receiver takes it: the next piece is made when `drained` says that the last
 * one is on its way. Should making one fail, the connection is cut, so that the receiver sees a failed download and
 * never a file that merely ends early. Fails at once, with nothing sent, when the first piece cannot be made.
 */
export async function attachment(
	{ fileName, contentType, pieces }: ExportFile,
	drained: () => Promise<void>,
): Promise<Response> {
	const first = await pieces.next()
	let next: IteratorResult<Uint8Array> | null = first
	const body = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					await drained()
				} catch {
					// Whoever asked has gone: nobody is left to tell, but the record is told.
					await pieces.return(undefined)
					controller.close()
					return
				}
				const made = next ? Promise.resolve(next) : pieces.next()
				next = null
				// What failed stands in the log; the message of a failed query would name its values.
				const piece = await made.catch(() => {
					throw new Error('An export was cut off. The log says why, and the record that it was.')
				})
				if (piece.done) controller.close()
				else controller.enqueue(piece.value)
			},
			async cancel() {
				await pieces.return(undefined)
			},
		},
		{ highWaterMark: 0 },
	)
	return new Response(body, {
		headers: {
			'content-type': contentType,
			'content-disposition': `attachment; filename="${fileName}"`,
			'x-content-type-options': 'nosniff',
			// Also keeps the compressor off, behind which nobody could tell how fast the receiver is.
			'cache-control': 'no-store, no-transform',
		},
	})
}
