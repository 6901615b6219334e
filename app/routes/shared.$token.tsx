import type { HeadersFunction, LoaderFunction, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { useLoaderData, useParams } from '@remix-run/react'
import { z } from 'zod'
import { AnswerCard } from '#app/components/answer-card.tsx'
import { ErrorPage } from '#app/components/error-page.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireNobody } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })

const title = titled('titles.shared')
export const meta: MetaFunction<LoaderFunction> = (args) => [
	...title(args),
	{ name: 'robots', content: 'noindex, nofollow' },
]
/** The address is the secret: it goes to nobody else, and into no cache. Of two referrer policies the last one holds. */
export const headers: HeadersFunction = () => ({
	'cache-control': 'no-store',
	'referrer-policy': 'no-referrer',
	'x-robots-tag': 'noindex, nofollow',
})

/** An answer and its bundle, for whoever holds the link. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	return handled(async () => {
		const { token } = parseParams(paramsSchema, args.params)
		return { shared: await args.context.services.audit.openShare(token) }
	})
}

export default function SharedPage() {
	const { t, format } = useWords()
	const { shared } = useLoaderData<typeof loader>()
	const { token = '' } = useParams()
	const { answer, fileName, fileSha256, fileBytes, expiresAt, vkey } = shared
	return (
		<main className="door door-wide" id="content">
			<h1>{t('shares.publicTitle', { boundary: answer.boundary })}</h1>
			<AnswerCard answer={answer} />
			<section className="card">
				<h2>{t('shares.file')}</h2>
				<p>{t('shares.fileLead')}</p>
				<p>
					<a className="button button-primary" href={`/shared/${token}/file`}>
						{t('shares.download')}
					</a>
				</p>
				<dl className="facts">
					<dt>{t('shares.size')}</dt>
					<dd>{t('shares.bytes', { bytes: format.number(fileBytes) })}</dd>
					<dt>{t('shares.sha256')}</dt>
					<dd>
						<code data-testid="file-sha256">{fileSha256}</code> <CopyButton text={fileSha256} />
					</dd>
					<dt>{t('record.vkey')}</dt>
					<dd>
						<code>{vkey}</code> <CopyButton text={vkey} />
					</dd>
					<dt>{t('shares.until')}</dt>
					<dd>
						<Time at={expiresAt} />
					</dd>
				</dl>
				<h3>{t('shares.how')}</h3>
				<ol className="numbers">
					<li>{t('shares.howHash')}</li>
					<li>{t('shares.howVerify', { file: fileName, vkey })}</li>
					<li>{t('shares.howKey')}</li>
				</ol>
				<p className="muted small">{t('shares.opened')}</p>
			</section>
		</main>
	)
}

export function ErrorBoundary() {
	return (
		<main className="door" id="content">
			<ErrorPage reference="" />
		</main>
	)
}
