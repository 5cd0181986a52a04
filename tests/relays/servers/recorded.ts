/** Where a real server cannot be run: the sink, which answers as that server was seen to. */
import {
  nonMail,
  perAddress,
  plain,
  type RelayBehaviour,
  secondEhlo,
  softErrors,
  thirdError,
} from '../../helpers/relay-behaviours.ts';
import { type Sink, startSink } from '../../helpers/sink.ts';
import { serverCertificate } from './certificate.ts';
import { localPart, type MailServer } from './server.ts';

const recorded: Readonly<Record<string, () => RelayBehaviour>> = {
  Postfix: softErrors,
  Exim: nonMail,
  OpenSMTPD: secondEhlo,
  Courier: perAddress,
  chasquid: thirdError,
};

export async function startRecorded(name: string): Promise<MailServer> {
  const [clear, tls] = [await recordedSink(name, false), await recordedSink(name, true)];
  return {
    version: 'recorded',
    ports: { clear: clear.port, tls: tls.port },
    taken: async () => [...clear.accepted, ...tls.accepted].map(({ to }) => localPart(to)),
    output: () => '',
    stop: async () => {
      await clear.end();
      await tls.end();
    },
  };
}

async function recordedSink(name: string, tls: boolean): Promise<Sink> {
  const { behave, extensions } = (recorded[name] ?? plain)();
  const sink: Sink = await startSink({
    behave: (step) => behave(step, sink),
    ...(extensions && { extensions }),
    ...(tls && { tls: serverCertificate() }),
  });
  return sink;
}
