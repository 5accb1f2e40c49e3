from harness import GENRES, Scenario
import subprocess
class X(Scenario):
    def test_x(self):
        self.start(); self.login(); self.sort()
        def r(*a):
            out=self.run_ctl(*a); print('$',' '.join(a)); print((out[0] if isinstance(out,tuple) else out.stdout+out.stderr)[:2500])
        r('genres'); r('review','-n','5')
        t=self.ctl('review')['tracks']
        l=self.ctl('list','rock')['tracks']
        tid=l[0]['id']
        r('why',tid,'--genres','rock,jazz'); r('label',tid,'jazz','--not','rock'); r('why',tid); r('label','--forget',tid); r('similar',tid,'-n','4'); r('similar','--playlist','rock','-n','3'); r('label',tid,'jaz'); r('why','nope'); r('sort','--genres','hous'); r('sort','--genres','r&b,House,techno')
