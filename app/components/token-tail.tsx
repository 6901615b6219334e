import type { GrantView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Time } from './ui/time.tsx'

/** How long what was signed in before may outlive an access that has ended; says so only while that may be. */
export function TokenTail({
	grant: { tokenTail, sessionsEndedAt },
}: {
	grant: Pick<GrantView, 'tokenTail' | 'sessionsEndedAt'>
}) {
	const { t, now } = useWords()
	const mayLive = (until: string) => until > now
	if (tokenTail === null) return null
	const { plain, evaluated } = tokenTail
	if (!mayLive(plain) && !mayLive(evaluated)) return null
	return (
		<section className="stack-small" aria-labelledby="tokens">
			<h3 id="tokens">{t('grants.tokens')}</h3>
			<p className="muted">{t(sessionsEndedAt === null ? 'grants.tokensLive' : 'grants.tokensEnded')}</p>
			<dl className="facts">
				{mayLive(plain) ? (
					<>
						<dt>{t('grants.tokensPlain')}</dt>
						<dd>
							<Time at={plain} />
						</dd>
					</>
				) : null}
				{mayLive(evaluated) ? (
					<>
						<dt>{t('grants.tokensEvaluated')}</dt>
						<dd>
							<Time at={evaluated} />
						</dd>
					</>
				) : null}
			</dl>
		</section>
	)
}
